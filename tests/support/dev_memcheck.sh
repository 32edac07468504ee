# Part of ./dev: the C programs and the unit tests under valgrind, which sees memory that is read
# before it was written, where the sanitizers of `./dev test` do not. Sourced, never run.
# shellcheck shell=bash disable=SC2154

# memcheck: of the release build, without what valgrind computes otherwise than a processor does:
# its comparisons "ordered and not equal" of AVX take NaN for a number (capi_golden), and it knows
# one rounding mode (capi_host_modes).
memcheck() {
    local bin=$build/release/bin failed=0 program arguments log
    local look=(--leak-check=full --errors-for-leak-kinds=definite,possible
        --show-leak-kinds=definite,possible --suppressions="$root/tests/support/valgrind.supp")
    for program in c_minimal $(cd "$bin" && echo capi_*); do
        case $program in capi_golden | capi_host_modes) continue ;; esac
        arguments=()
        [[ $program == c_minimal ]] && arguments=("$root/examples/c_minimal/model.json")
        log=$build/test/memcheck-$program.log
        printf '%-24s ' "$program"
        if valgrind -q --error-exitcode=9 "${look[@]}" \
            "$bin/$program" "${arguments[@]}" >"$log" 2>&1; then
            echo passed
        else
            failed=1
            echo FAILED
            tail -n 40 "$log"
        fi
    done
    memcheck_unit "${look[@]}" || failed=1
    return "$failed"
}

# The unit tests, for what valgrind sees alone: some of them fail in it, because of such comparisons.
# A quarter of an hour of the processor. Arguments: valgrind's.
memcheck_unit() {
    local log=$build/test/memcheck-aiueo_unit
    printf '%-24s ' aiueo_unit
    valgrind "$@" --log-file="$log.valgrind" "$build/release/bin/aiueo_unit" >"$log.log" 2>&1 || :
    if grep -q 'ERROR SUMMARY: 0 errors' "$log.valgrind" &&
        grep -q 'test cases:\|All tests passed' "$log.log"; then
        echo passed
    else
        echo FAILED
        tail -n 40 "$log.valgrind" "$log.log"
        return 1
    fi
}
