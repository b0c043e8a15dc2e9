"""Write docs/validation/mcp-transcript.md: python docs/write_mcp_transcript.py.

The protocol's own client starts ``spareverse mcp`` on a small demo company and says what it sent and what came back.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, MCPError, StdioServerParameters

PAGE = Path(__file__).parent / "validation" / "mcp-transcript.md"
COMMAND = str(Path(sys.executable).parent / "spareverse")
LONGEST = 1_000
INTRODUCTION = """\
# A conversation by the Model Context Protocol

<!-- made by docs/write_mcp_transcript.py; do not edit -->

`spareverse mcp demo` was started by the client of the package `mcp` over stdin and stdout, on a demo company of 400
parts (`spareverse demo demo --parts 400`). Requests and what came back; long answers are cut."""


async def conversation(twin: Path) -> list[tuple[str, str]]:
    """Requests and answers, in order."""
    said: list[tuple[str, str]] = []
    async with Client(StdioServerParameters(command=COMMAND, args=["mcp", str(twin)])) as client:
        tools = (await client.list_tools()).tools
        said.append(("tools/list", "\n".join(f"{tool.name}: {tool.title}" for tool in tools)))
        part = ""
        for name, given in (
            ("status", {}),
            ("parts", {"limit": 3}),
            ("ask", {"question": "Which orders are overdue?"}),
            ("decide", {"part_id": "any", "accept": "yes"}),
            ("part", {}),
        ):
            found = await client.call_tool(name, given)
            said.append((f"tools/call {name} {json.dumps(given)}", _answered(found)))
            if name == "parts":
                part = str(found.structured_content["tables"][0]["rows"][0]["part_id"])
        found = await client.call_tool("part", {"part_id": part})
        said.append((f'tools/call part {{"part_id": "{part}"}}', _answered(found)))
        fact = next(fact for fact in found.structured_content["facts"] if fact["id"] == "optimal_risk")
        said.append(("one of the facts in its structured content", json.dumps(fact, ensure_ascii=False)))
        uris = ("spareverse://twin", "spareverse://tables/suppliers", f"spareverse://figures/part/shanghai/{part}")
        said += [(f"resources/read {uri}", (await client.read_resource(uri)).contents[0].text) for uri in uris]
        try:
            await client.read_resource("spareverse://tables/../twin.toml")
        except MCPError as error:
            said.append(("resources/read spareverse://tables/../twin.toml", f"error: {error}"))
        prompt = await client.get_prompt("review-part", {"part_id": part})
        said.append((f'prompts/get review-part {{"part_id": "{part}"}}', prompt.messages[0].content.text))
    return said


def _answered(found: Any) -> str:
    return f"{'error: ' if found.is_error else ''}{found.content[0].text}"


def page(said: list[tuple[str, str]]) -> str:
    sections = [INTRODUCTION]
    for request, answer in said:
        shown = answer if len(answer) <= LONGEST else f"{answer[:LONGEST]} ... ({len(answer):,} letters)"
        sections.append(f"**{request}**\n\n```\n{shown}\n```")
    return "\n\n".join(sections) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        twin = Path(folder) / "demo"
        subprocess.run([COMMAND, "demo", twin, "--parts", "400", "--no-serve"], check=True, stdout=subprocess.DEVNULL)
        PAGE.write_text(page(anyio.run(conversation, twin)), encoding="utf-8")


if __name__ == "__main__":
    main()
