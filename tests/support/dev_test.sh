# Part of ./dev: everything that `./dev test` runs. Sourced, never run.
# shellcheck shell=bash disable=SC2154

# test_main [--fast] [--slow] [--aarch64] [--s390x] [--fuzz-seconds N] [--stop] | --coverage
test_main() {
    local fast=0 slow=0 stop=0 coverage=0 seconds=60 cross=() processor
    while (($#)); do
        case $1 in
        --fast) fast=1 ;;
        --slow) slow=1 ;;
        --aarch64 | --s390x) cross+=("${1#--}") ;;
        --coverage) coverage=1 ;;
        --stop) stop=1 ;;
        --fuzz-seconds)
            seconds=${2:-}
            shift
            ;;
        --fuzz-seconds=*) seconds=${1#*=} ;;
        *) die "test: no option '$1'; see ./dev help" ;;
        esac
        shift
    done
    [[ $seconds =~ ^[0-9]+$ ]] || die "test: --fuzz-seconds takes a whole number, not '$seconds'"
    if ((fast)); then need_build_tools; else need_check_tools; fi
    if ((slow)); then need_packages "${packages_slow[@]}"; fi
    for processor in "${cross[@]}"; do need_cross_tools "$processor"; done

    logs=$build/test
    rm -rf "$logs"
    mkdir -p "$logs"
    export AIUEO_SLOW=$slow
    step_names=() step_results=() step_times=() failures=0
    stop_at_failure=$stop

    if ((coverage)); then
        stop_at_failure=1
        step coverage-build compile coverage
        step coverage-tests coverage_tests
        step coverage coverage_report
        test_summary
        return
    fi
    step rooms test_rooms
    step release-build compile release
    step release-tests test_ctest release
    # Installing and packaging builds one thing after the other, on one core: beside the rest.
    begin package test_package "$slow"
    step python-tests test_pytest "$slow"
    step go-tests test_go
    step runtime-tests test_runtimes
    if ((!fast)); then step asan-build compile asan; fi
    step package-tests finish package
    if ((!fast)); then
        step asan-tests test_ctest asan
        step fuzz test_fuzz "$seconds"
        step tsan-build test_tsan_build
        step tsan-tests test_ctest tsan
    fi
    if ((slow)); then step memcheck memcheck; fi
    for processor in "${cross[@]}"; do
        step "$processor-build" compile_cross "$processor"
        step "$processor-tests" test_ctest "$processor"
    done
    wait  # with --stop: for what was begun
    test_summary
}

# step NAME COMMAND...: runs it in a shell of its own (so that `set -e` holds inside it), with the
# output on the screen and in a log.
step() {
    local name=$1 status=0 begin=$SECONDS
    shift
    if ((stop_at_failure && failures)); then return 0; fi
    say "$name"
    "$root/dev" __step "$@" 2>&1 | tee "$logs/$name.log" || status=${PIPESTATUS[0]}
    step_names+=("$name")
    step_times+=($((SECONDS - begin)))
    if ((status == 0)); then
        step_results+=(passed)
    else
        step_results+=(FAILED)
        failures=$((failures + 1))
    fi
}

# begin NAME COMMAND...: starts it beside the steps that follow, until `step NAME-tests finish NAME`.
begin() {
    local name=$1
    shift
    if ((stop_at_failure && failures)); then return 0; fi
    {
        local status=0
        "$root/dev" __step "$@" >"$logs/$name.out" 2>&1 || status=$?
        echo "$status" >"$logs/$name.status"
    } &
}

# finish NAME: waits for what was begun, and shows what it said.
finish() {
    local out=$build/test/$1
    until [[ -s $out.status ]]; do sleep 1; done
    cat "$out.out"
    return "$(cat "$out.status")"
}

test_rooms() {
    "$venv/bin/python" "$root/tests/check_rooms.py" --self-test
    "$venv/bin/python" "$root/tests/check_rooms.py"
}

# test_ctest PRESET: the results go to build/test/ctest-PRESET.xml, for the totals.
test_ctest() {
    # shellcheck source=dev_fuzz.sh
    . "$root/tests/support/dev_fuzz.sh"
    sanitizer_options
    cd "$root"
    # Each header alone takes as long as all the other tests of a build together.
    local without=(-E '^headers_alone$')
    ((${AIUEO_SLOW:-0})) && without=()
    steady ctest --preset "$1" --parallel "$jobs" "${without[@]}" \
        --output-junit "$build/test/ctest-$1.xml"
}

test_pytest() {
    local marks=()
    # A later -m replaces the `not slow` of pyproject.toml.
    (($1)) && marks=(-m "slow or not slow")
    run_pytest pytest tests/python tests/report tests/reference tests/planted tests/real -- "${marks[@]}"
}

test_package() {
    local marks=()
    (($1)) && marks=(-m "slow or not slow")
    run_pytest pytest-package tests/package -- "${marks[@]}"
}

# C++, C, Python, Go and Spark beside each other. A run of their own: Spark stays up for all of it.
test_runtimes() {
    run_pytest pytest-runtimes tests/runtimes tests/spark --
}

# run_pytest NAME FOLDER... -- OPTION...: the folders that hold tests; the results go to
# build/test/NAME.xml, for the totals.
run_pytest() {
    enter
    cd "$root"
    local name=$1 folders=() folder
    shift
    while [[ $1 != -- ]]; do
        folder=$1
        shift
        if [[ -d $folder && -n $(find "$folder" -name 'test_*.py' -print -quit) ]]; then
            folders+=("$folder")
        fi
    done
    if ((${#folders[@]} == 0)); then
        echo "no Python tests"
        return 0
    fi
    shift
    python -m pytest "${folders[@]}" "$@" -o cache_dir="$build/cache/pytest" \
        --junitxml="$build/test/$name.xml"
}

# Where a Go is that can build the package (capi/go/go.mod says which). Nothing installs one: what
# Debian has is older.
find_go() {
    local one version
    for one in "$(command -v go || true)" /usr/local/go/bin/go; do
        [[ -x $one ]] || continue
        version=$(GOTOOLCHAIN=local "$one" env GOVERSION)
        [[ $version =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 22)) && echo "$one" && return 0
    done
    return 1
}

test_go() {
    local go folder
    if ! go=$(find_go); then
        echo "no Go 1.22 or later: the Go package is not tested"
        return 0
    fi
    export GOTOOLCHAIN=local GOFLAGS=-buildvcs=false GOCACHE=$build/cache/go
    for folder in capi/go examples/go_service; do
        cd "$root/$folder"
        "$go" vet -tags aiueo_source ./...
        "$go" test -v -race -tags aiueo_source ./...
    done
}

test_fuzz() { fuzz_all "$1"; }

test_tsan_build() { compile tsan aiueo_concurrent_all; }

test_summary() {
    local i
    say "summary"
    for i in "${!step_names[@]}"; do
        printf '%-16s %-7s %5d s\n' "${step_names[i]}" "${step_results[i]}" "${step_times[i]}"
    done
    printf '%-16s %-7s %5d s\n\n' total '' "$SECONDS"
    for i in "${!step_names[@]}"; do
        [[ ${step_results[i]} == FAILED ]] && echo "failed step: ${step_names[i]} (build/test/${step_names[i]}.log)"
    done
    # Counts every test of every runner, each fuzz target as one. A step that fails without naming
    # a failed test (a build, say) counts as one failure.
    local status=0
    "$venv/bin/python" "$root/tests/support/totals.py" "$logs" --failed-steps "$failures" || status=1
    ((failures == 0 && status == 0))
}
