"""The golden vectors of conditions are what the plain-Python reference says."""

import conditions_reference


def test_reference_follows_the_definitions():
    conditions_reference.self_test()


def test_golden_vectors_are_up_to_date():
    assert (conditions_reference.GOLDEN / "conditions.tsv").read_text(
        "utf-8"
    ) == conditions_reference.golden()
