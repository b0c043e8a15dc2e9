"""Questions of how much stock there is: of a part, at a place, or in all."""

from __future__ import annotations

from spareverse.assistant.question import Question, Understanding, asked
from spareverse.assistant.session import Session

TIED_UP = (
    r"(?:money|capital|cash)\b.* (?:stock|inventor\w*|tied)|(?:stock|inventory) value|tied up|worth of stock|"
    r"inventory\b"
)
_PROPOSED = (
    r"should|must|shall|need|want|would|too (?:much|many|little|few|high|low)|enough|why|risk|orders?\b|ordered\b|"
    r"buy|last\b"
)
_OWNED = (
    r"how (?:many|much)\b.*\b(?:have|own|hold|stock|got|left|available|there|on hand|lie|lies|sit|sits|shelf|store)\b|"
    r"on hand|in stock\b|stock on|where (?:is|are|do|does|can)\b|own\b|on the shelf|stock level now|current stock"
)
_VALUED = r"(?:money|capital|cash|value|worth)\b|tied up|tie\b"
_OWNED_IN_ALL = (
    r"how (?:much|many) (?:\w+ ){0,2}(?:stock|pieces|spares)\b.*\b(?:have|own|hold|on hand|there)\b|stock on hand"
)


def stock_held(session: Session, question: Question) -> Understanding | None:
    """How much stock there is by the counts of the record; None where something else is asked."""
    given = {"part_id": question.name("part"), "place_id": question.name("place")}
    said = " at ".join(name for name in given.values() if name)
    if question.has(_PROPOSED):
        return None
    if (given["part_id"] and question.has(_OWNED)) or (given["place_id"] and question.has(f"{_OWNED}|{_VALUED}")):
        return asked("about", f"about the stock on hand of {said}", ("stock", given))
    counted = session.has("analysis") and not session.twin.folder.table("stock").is_empty()
    if counted and not question.mentions and question.has(rf"{TIED_UP}|{_OWNED_IN_ALL}"):
        return asked("about", "about the stock on hand", ("stock", {}))
    return None
