# Part of ./dev: running the fuzz targets. Sourced, never run.
# shellcheck shell=bash disable=SC2154

# fuzz_main [TARGET] [--seconds N]
fuzz_main() {
    local seconds=60 target=
    while (($#)); do
        case $1 in
        --seconds)
            seconds=${2:-}
            shift
            ;;
        --seconds=*) seconds=${1#*=} ;;
        -*) die "fuzz: no option '$1'" ;;
        *)
            [[ -z $target ]] || die "fuzz: one target or none"
            target=fuzz_${1#fuzz_}
            ;;
        esac
        shift
    done
    [[ $seconds =~ ^[0-9]+$ ]] || die "fuzz: --seconds takes a whole number, not '$seconds'"
    need_check_tools
    compile asan aiueo_fuzz_all
    fuzz_all "$seconds" "$target"
}

# fuzz_targets: the names of the targets in the sources, one a line.
fuzz_targets() {
    local source
    for source in "$root"/tests/fuzz/fuzz_*.cpp; do
        [[ -f $source ]] && basename "$source" .cpp
    done
    return 0
}

# fuzz_all SECONDS [TARGET]: two at a time; every target leaves one line. Fails if one does.
fuzz_all() {
    local targets
    targets=$(fuzz_targets)
    if [[ -n ${2:-} ]]; then
        grep -qx -- "$2" <<<"$targets" || die "fuzz: no target '$2'; there are: ${targets//$'\n'/ }"
        targets=$2
    fi
    if [[ -z $targets ]]; then
        echo "no fuzz targets in tests/fuzz"
        return 0
    fi
    xargs -P 2 -I '{}' "$root/dev" __step fuzz_one '{}' "$1" <<<"$targets"
}

# fuzz_one TARGET SECONDS: new inputs go to build/fuzz/corpus/NAME, crashes to build/fuzz/found.
fuzz_one() {
    local target=$1 seconds=$2 name=${1#fuzz_} status=0 options=()
    local work=$build/fuzz log=$build/fuzz/$1.log
    mkdir -p "$work/corpus/$name" "$work/found"
    local folders=("$work/corpus/$name")
    [[ -d $root/tests/fuzz/corpus/$name ]] && folders+=("$root/tests/fuzz/corpus/$name")
    [[ -f $root/tests/fuzz/$name.dict ]] && options+=("-dict=$root/tests/fuzz/$name.dict")
    sanitizer_options
    # Choosing inputs by how rare their features are takes half of the time once there are thousands.
    steady "$build/asan/fuzz/$target" -entropic=0 -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2560 -artifact_prefix="$work/found/$name-" "${options[@]}" "${folders[@]}" \
        >"$log" 2>&1 || status=$?
    if ((status == 0)); then
        printf '%-28s passed  %s\n' "$target" "$(grep -a 'DONE' "$log" | tail -n 1 | tr -s '\t ' ' ')"
    else
        printf '%-28s FAILED  status %s; input in build/fuzz/found, log in build/fuzz/%s.log\n' \
            "$target" "$status" "$target"
        # Of a crash there is no such line.
        grep -a -m 1 '^does not hold' "$log" | cut -c 1-1000 || true
        tail -n 40 "$log"
        show_found "$work/found" "$name"
    fi
    # 255 would make xargs drop the other targets.
    return $((status == 0 ? 0 : 1))
}

# show_found FOLDER NAME: the inputs that were found, as text that can be copied from a log of another
# machine: `base64 -d`, and the target with that file as its argument runs it again.
show_found() {
    local file
    for file in "$1/$2"-*; do
        [[ -f $file ]] || continue
        if (($(wc -c <"$file") > 16384)); then
            echo "$(basename "$file"): more than 16 kB, not shown"
        else
            echo "$(basename "$file"), in base64:"
            base64 -w 120 "$file"
        fi
    done
}

sanitizer_options() {
    export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
    if command -v llvm-symbolizer-14 >/dev/null; then
        local symbolizer
        symbolizer=$(command -v llvm-symbolizer-14)
        export ASAN_SYMBOLIZER_PATH=$symbolizer
        # TSan and UBSan only accept the name without the version.
        [[ -x /usr/lib/llvm-14/bin/llvm-symbolizer ]] && export PATH="/usr/lib/llvm-14/bin:$PATH"
    fi
    return 0
}
