"""A service keeps the model of its verdicts, once its disk takes it."""

import anyio

from serving.app import lifespan as life
from serving.app.application import make_app
from serving.settings import Settings


def test_a_model_that_could_not_be_kept_at_the_start_is_kept_later(tmp_path, loaded, detector, monkeypatch):
    monkeypatch.setattr(life, "KEPT_EVERY", 0.0)
    (tmp_path / "models").write_text("in the way")
    app = make_app(Settings(home=tmp_path, no_auth=True, desk=False))
    kept = tmp_path / "models" / detector.bundle.sha256
    assert not kept.exists()

    async def run():
        async with life.lifespan(app):
            (tmp_path / "models").unlink()
            while not kept.is_dir():
                await anyio.sleep(0.001)

    anyio.run(run)
    app.state.store_access.close()
