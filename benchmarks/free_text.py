"""`python -m benchmarks.free_text`: how well personal data in free text is told, over labelled sentences."""

from __future__ import annotations

from tests.personal_data.labelled import HALVES, sentences, share


def main() -> None:
    """Print the share of evasions that are caught and of harmless sentences that are refused, by half."""
    for half in HALVES:
        caught, false = share("evasions", half), share("harmless", half)
        evasions, harmless = len(sentences("evasions", half)), len(sentences("harmless", half))
        print(f"{half}: {caught:.1%} of {evasions} evasions caught, {false:.1%} of {harmless} harmless refused")


if __name__ == "__main__":
    main()
