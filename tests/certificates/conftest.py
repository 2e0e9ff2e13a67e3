"""Keys of a deployment, and a signed certificate: made once for a module, since a key is not changed by its use."""

from pathlib import Path

import pytest

from certificates.signing.keeping import keep
from certificates.signing.keys import Pair
from tests.certificates.forging import World, pair, world


@pytest.fixture(scope="module")
def w() -> World:
    return world()


@pytest.fixture
def deployed(tmp_path, settings):
    """Puts a pair where this deployment looks for it, and says where the key lies."""

    def deploy(deployed: Pair | None = None) -> Path:
        key, certificate = tmp_path / "keys" / "signing.pem", tmp_path / "keys" / "signing.crt"
        keep(deployed or pair(), key=key, certificate=certificate)
        settings.SIGNING_KEY, settings.SIGNING_CERTIFICATE = key, certificate
        settings.SIGNING_CERTIFICATES = []
        return key

    return deploy
