# Part of ./dev: which lines and branches the C++ and C tests reach. Sourced, never run.
# shellcheck shell=bash disable=SC2154

# coverage_tests: each program once, whole. ctest starts them anew for every case, and each start
# writes the counts of all sources. What is printed goes to build/test, for the totals.
coverage_tests() {
    local bin=$build/coverage/bin failed=0 program
    rm -rf "$build/coverage/counts"
    export LLVM_PROFILE_FILE=$build/coverage/counts/%p-%m.profraw
    cd "$root"
    for program in "$bin"/aiueo_{unit,golden,capi_tests,concurrent,concurrent_capi} "$bin"/capi_*; do
        [[ -x $program ]] || continue
        printf '%-24s ' "$(basename "$program")"
        if "$program" >"$build/test/coverage-$(basename "$program").log" 2>&1; then
            echo passed
        else
            failed=1
            echo FAILED
            tail -n 20 "$build/test/coverage-$(basename "$program").log"
        fi
    done
    return "$failed"
}

# coverage_report: a table by room, pages in build/coverage/html; fails below the floors.
coverage_report() {
    "$venv/bin/python" "$root/tests/support/coverage.py" "$build/coverage"
}
