# Part of ./dev: the C programs under valgrind, which sees memory that is read before it was written,
# where the sanitizers of `./dev test` do not. Sourced, never run.
# shellcheck shell=bash disable=SC2154

# memcheck: of the release build, without what valgrind computes otherwise than a processor does:
# its comparisons "ordered and not equal" of AVX take NaN for a number (capi_golden), and it knows
# one rounding mode (capi_host_modes).
memcheck() {
    local bin=$build/release/bin failed=0 program arguments log
    for program in c_minimal $(cd "$bin" && echo capi_*); do
        case $program in capi_golden | capi_host_modes) continue ;; esac
        arguments=()
        [[ $program == c_minimal ]] && arguments=("$root/examples/c_minimal/model.json")
        log=$build/test/memcheck-$program.log
        printf '%-24s ' "$program"
        if valgrind -q --error-exitcode=9 --leak-check=full \
            --errors-for-leak-kinds=definite,possible --show-leak-kinds=definite,possible \
            --suppressions="$root/tests/support/valgrind.supp" \
            "$bin/$program" "${arguments[@]}" >"$log" 2>&1; then
            echo passed
        else
            failed=1
            echo FAILED
            tail -n 40 "$log"
        fi
    done
    return "$failed"
}
