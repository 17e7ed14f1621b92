"""Benchtime: makers find and book shared tools across a network of makerspaces."""

from flask import Flask

from booking import api, web
from booking.models.database import adopt, db, engine_options
from config import ROOT, Settings


def create_app(settings: Settings) -> Flask:
    """The application for one installation."""
    app = Flask("booking", root_path=str(ROOT / "booking"), template_folder=str(ROOT / "templates"))
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=9 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=200,
    )
    db.init_app(app)
    with app.app_context():
        adopt(db.engine)
    api.register(app)
    web.register(app)
    return app
