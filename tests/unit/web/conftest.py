from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from spareverse.io.twin_folder import TwinFolder
from spareverse.service.workspace import Workspace
from spareverse.web.api import include_api
from tests import fixtures_results as results
from tests.unit.web.asgi import TestClient


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A twin with one analysis of 300 constructed parts."""
    folder = TwinFolder.create(tmp_path_factory.mktemp("twin") / "acme", name="Acme")
    parts = results.part_results(300)
    tables = {
        "parts": parts,
        "cycles": results.cycle_results(parts.head(20)),
        "suppliers": results.supplier_results(parts),
        "lanes": results.lane_results(parts),
    }
    document = results.document(parts) | {"as_of": results.UNTIL.isoformat()}
    folder.save_run("analysis", document, tables)
    opened = Workspace.open(folder.path)
    yield opened
    opened.jobs.close()


@pytest.fixture(scope="module")
def rest(workspace: Workspace) -> TestClient:
    app = FastAPI(openapi_url="/api/v1/openapi.json")
    include_api(app, workspace)
    return TestClient(app, base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)
