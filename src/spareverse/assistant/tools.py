"""The registry: every verb of the twin that can be asked for, by name."""

from __future__ import annotations

from spareverse.assistant import (
    alarm_tools,
    change_tools,
    foresight_tools,
    network_tools,
    observer_tools,
    past_tools,
    pay_tools,
    plan_tools,
    record_tools,
    standing_tools,
    stock_tools,
    study_tools,
)
from spareverse.assistant.findings import Findings
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Call, Tool
from spareverse.errors import NotFound, Problem
from spareverse.network.spelling import did_you_mean

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for module in (
        standing_tools,
        record_tools,
        stock_tools,
        plan_tools,
        network_tools,
        observer_tools,
        past_tools,
        pay_tools,
        alarm_tools,
        foresight_tools,
        study_tools,
        change_tools,
    )
    for tool in module.TOOLS
}


def offered(*, changes: bool = False) -> list[Tool]:
    """The tools a caller may use; those that change the twin only where that is allowed."""
    return [tool for tool in TOOLS.values() if changes or not tool.changes]


def run(session: Session, call: Call, *, changes: bool = False) -> Findings:
    """Make a call. NotFound for a tool that is not offered, UsageError for wrong arguments; else what it raises."""
    names = [tool.name for tool in offered(changes=changes)]
    if call.tool not in names:
        hint = did_you_mean(call.tool, names).strip() or f"Tools: {', '.join(names)}."
        problem = Problem("No such tool is offered.", hint, value=call.tool[:100])
        raise NotFound(f"There is no tool {call.tool[:100]!r}.", [problem])
    return TOOLS[call.tool].call(session, call.arguments)
