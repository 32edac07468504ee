# Part of ./dev: mutation testing. Sourced, never run.
# shellcheck shell=bash disable=SC2154

# mutate_main [ROOM...] [--mutants N] [--seed S] ...: see tests/mutation/README.md.
mutate_main() {
    need_check_tools
    # The library that the tests are linked with.
    compile release aiueo_static aiueo_test_support
    exec "$venv/bin/python" "$root/tests/mutation/mutate.py" --build "$build/release" \
        --work "$build/mutation" "$@"
}
