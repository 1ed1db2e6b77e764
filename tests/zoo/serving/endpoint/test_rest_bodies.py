import pytest

from zoo.serving.endpoint.rest_bodies import Body, RoomForBodies
from zoo.serving.endpoint.status_error import StatusError


def test_bodies_have_room_together():
    room = RoomForBodies(100)
    room.take(60)
    with pytest.raises(StatusError, match="UNAVAILABLE: .*try again later"):
        room.take(41)
    room.take(40)


def test_room_given_back_can_be_taken_again():
    room = RoomForBodies(100)
    room.take(100)
    room.give_back(30)
    room.take(30)


def test_a_body_gives_back_what_it_took_however_it_ends():
    room = RoomForBodies(100)
    with pytest.raises(KeyError), Body(room) as body:
        room.take(70)
        body._held = 70
        raise KeyError
    room.take(100)
