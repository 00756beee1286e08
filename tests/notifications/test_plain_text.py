import textwrap

from hypothesis import given
from hypothesis import strategies as st

from notifications.plain_text import WIDTH, wrapped

WORDS = st.text("ab, .\u00a0\u2003\té-", max_size=200)


@given(WORDS, st.sampled_from(["", "- ", "  | "]), st.sampled_from(["", "  "]))
def test_a_paragraph_is_wrapped_as_textwrap_does_it(text: str, first: str, then: str) -> None:
    assert wrapped(text, first, then) == (
        textwrap.wrap(
            text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
        )
        or [first.rstrip()]
    )
