"""No page is forgotten: each door has a visit, each visit a picture and a line in the documents."""

import re

from fastapi.routing import APIRoute

from sync.server.app import create_app
from sync.server.city import City
from tests.sync.server.admin.served import INDEX, NO_PAGE, PICTURES, WALK, names


def test_each_door_is_a_page_that_is_walked_or_known_to_give_none(city: City) -> None:
    doors = {route.path for route in create_app(city).routes if isinstance(route, APIRoute)}

    assert doors == set(WALK) | NO_PAGE
    assert not set(WALK) & NO_PAGE


def test_each_visit_has_a_picture_and_its_line(city: City) -> None:
    shown = re.findall(r"\(pictures/server/(\w+)\.png\)", INDEX.read_text("utf-8"))

    assert sorted(shown) == sorted(names())
    assert sorted(picture.stem for picture in PICTURES.glob("*")) == sorted(names())
