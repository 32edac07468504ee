#!/usr/bin/env python3
"""Fails when a program or library holds a fused multiply-add.

It rounds once where the source says twice, so that scores would depend on the processor. The
compiler must not choose it (-ffp-contract=off); this looks at what the compiler has made. Wide
kernels divide by a constant in steps of which three are fused, vfmadd twice and vfnmadd once, and
which give the very quotient: there, and only there, they may stand, in that proportion.

    check_fused.py [--objdump PROGRAM] FILE...    disassemble and look
    check_fused.py --self-test                    prove, on planted lines, that it can fail
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator

# x86-64: vfmadd132sd, vfnmsub231ps, ...; vfmaddsub. 64-bit ARM: fmadd, fnmsub, ...; of vectors
# fmla, fmls, of SVE also fmad, fmsb and their negations.
FUSED = re.compile(r"(?:v?fn?m(?:add|sub)\w*|fn?ml[as]\w*|fn?m(?:ad|sb))")
FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
# Functions that divide so: kernels for x86-64-v3 and v4, which have namespaces of their own.
DIVIDES = re.compile(r"^_ZN5aiueo2v[34](?:11score_group|10combine_by|7combine)")


def found_in(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(function, instruction) for each that is fused, of what objdump -d prints."""
    function = "?"
    for line in lines:
        if at := FUNCTION.match(line):
            function = at[1]
            continue
        # "  401000:<tab>vfmadd231sd %xmm1,%xmm2,%xmm0"
        _, _, instruction = line.rstrip("\n").partition(":\t")
        mnemonic = instruction.split(None, 1)
        if mnemonic and FUSED.fullmatch(mnemonic[0]):
            yield function, instruction


def without_quotients(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is left when the steps of exact quotients are taken out."""
    by_function: dict[str, list[str]] = {}
    for function, instruction in found:
        by_function.setdefault(function, []).append(instruction)
    left = []
    for function, instructions in by_function.items():
        negated = sum(one.startswith("vfnmadd") for one in instructions)
        added = sum(one.startswith("vfmadd") for one in instructions)
        exact = negated + added == len(instructions) and added == 2 * negated
        if not (exact and DIVIDES.match(function)):
            left += [(function, one) for one in instructions]
    return left


def disassembled(objdump: str, file: str) -> Iterator[str]:
    command = [objdump, "-d", "--no-show-raw-insn", file]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield from process.stdout
    if process.returncode:
        raise SystemExit(f"{objdump} cannot read {file}")


def self_test() -> int:
    fused = [
        "fmadd\td0, d1, d2, d0",
        "fnmsub\ts0, s1, s2, s3",
        "fmla\tv0.2d, v1.2d, v2.d[0]",
        "fmls\tv3.4s, v1.4s, v2.4s",
        "fmad\tz0.d, p0/m, z1.d",
        "vfmadd231sd %xmm1,%xmm2,%xmm0",
        "vfnmadd213pd (%rax),%ymm1,%ymm0",
        "vfmaddsub132ps %zmm0,%zmm1,%zmm2",
    ]
    plain = [
        "fmul\td0, d1, d2",
        "fmaxnm\td0, d1, d2",
        "fmov\td0, x0",
        "madd\tx0, x1, x2, x3",
        "mla\tv0.4s, v1.4s, v2.4s",
        "vmulpd %ymm0,%ymm1,%ymm2",
        "call 4010 <fmadd>",
        "",
    ]
    text = ["0000000000401000 <score>:\n", *(f"  401000:\t{one}\n" for one in plain + fused)]
    if [one for _, one in found_in(text)] != fused:
        print("the self-test fails: it does not find what was planted, or more")
        return 1
    kernel = "_ZN5aiueo2v411score_groupERKNS_12kernel_groupE"
    quotient = [(kernel, "vfmadd132pd"), (kernel, "vfnmadd213pd"), (kernel, "vfmadd231pd")]
    contracted = [*quotient, (kernel, "vfmadd213pd")]
    elsewhere = [("main", instruction) for _, instruction in quotient]
    if without_quotients(quotient) or not without_quotients(contracted):
        print("the self-test fails: it does not tell quotients from contractions")
        return 1
    if without_quotients(elsewhere) != elsewhere:
        print("the self-test fails: quotients are taken for exact in any function")
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("--self-test", action="store_true")
    asked = parser.parse_args()
    if asked.self_test:
        return self_test()
    if not asked.files:
        parser.error("which FILE?")
    bad = 0
    for file in asked.files:
        lines = 0

        def counted(file: str = file) -> Iterator[str]:
            nonlocal lines
            for line in disassembled(asked.objdump, file):
                lines += 1
                yield line

        for function, instruction in without_quotients(found_in(counted())):
            bad += 1
            if bad <= 20:
                print(f"{file}: {function}: {instruction}")
        if lines < 1000:
            print(f"{file}: only {lines} lines; is this a program?")
            bad += 1
    if bad:
        print(f"{bad} fused multiply-adds; compile with -ffp-contract=off, and call no fma()")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
