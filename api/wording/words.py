"""Single words that stand inside sentences, by the fact they are and their value."""

from __future__ import annotations


def n(message: str) -> str:
    """Mark a message for the catalogues; it is translated when it is spoken."""
    return message


WORDS: dict[tuple[str, str], str] = {
    ("class", "normal"): n("normal"),
    ("class", "special_mention"): n("special mention"),
    ("class", "substandard"): n("substandard"),
    ("class", "doubtful"): n("doubtful"),
    ("class", "loss"): n("loss"),
    ("why", "dispute"): n("a dispute"),
    ("why", "complaint"): n("a complaint"),
    ("why", "hardship"): n("hardship"),
    ("why", "illness"): n("illness"),
    ("why", "bereavement"): n("a bereavement"),
    ("why", "distress"): n("distress"),
    ("why", "asked_to_be_left_alone"): n("they asked to be left alone"),
    ("why", "deceased_to_verify"): n("a death that is to be verified"),
}
