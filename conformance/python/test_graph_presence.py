"""Presence of Microsoft Graph with msgraph-sdk 1.65.0 and msal 1.39.0: reading, sessions, what is preferred, a message."""

import datetime
import unittest
import uuid

import requests
from msgraph.generated.communications.get_presences_by_user_id.get_presences_by_user_id_post_request_body import (
    GetPresencesByUserIdPostRequestBody,
)
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.presence_status_message import PresenceStatusMessage
from msgraph.generated.users.item.presence.clear_presence.clear_presence_post_request_body import (
    ClearPresencePostRequestBody,
)
from msgraph.generated.users.item.presence.set_presence.set_presence_post_request_body import SetPresencePostRequestBody
from msgraph.generated.users.item.presence.set_status_message.set_status_message_post_request_body import (
    SetStatusMessagePostRequestBody,
)
from msgraph.generated.users.item.presence.set_user_preferred_presence.set_user_preferred_presence_post_request_body import (
    SetUserPreferredPresencePostRequestBody,
)

from graph import SCOPES, GraphCase, application
from stage import AGENT, APP

SECOND = "0269be4d-5be0-4770-bf9c-a1bf50ee78d6"
MINUTE_MS = 60_000


def minutes(n):
    """A duration as the service takes it: what the client makes of a timedelta is 0:05:00."""
    return f"PT{n}M"


def session(availability, activity, life=None, session_id=APP):
    return SetPresencePostRequestBody(
        session_id=session_id, availability=availability, activity=activity, expiration_duration=life
    )


class Presence(GraphCase):
    flags = ("--strict", "--clock", "stepped")

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.emulator.control("PUT", "/graph", {"throttling": "published"})
        by_hand = {"client": "active", "calendar": "free", "chosen": "nothing", "automatic_reply": "", "status_message": ""}
        for person in (AGENT, SECOND):
            self.by_hand(person, by_hand)
            body = ClearPresencePostRequestBody(session_id=APP)
            await self.presence(person).clear_presence.post(body)

    def by_hand(self, person, change):
        self.emulator.control("PUT", f"/people/{person}/presence", change)

    def advance(self, ms):
        self.emulator.control("POST", "/clock/advance", {"ms": ms})

    def presence(self, person=AGENT, graph=None):
        return (graph or self.graph).users.by_user_id(person).presence

    async def pair(self, person=AGENT):
        found = await self.presence(person).get()
        return found.availability, found.activity

    async def test_presence_is_read_of_one_and_of_many(self):
        self.by_hand(SECOND, {"calendar": "in_a_meeting", "automatic_reply": "Back on Monday"})
        self.assertEqual(await self.pair(), ("Available", "Available"))
        found = await self.graph.communications.presences.by_presence_id(SECOND).get()
        self.assertEqual((found.id, found.availability, found.activity), (SECOND, "Busy", "InAMeeting"))
        self.assertEqual(found.out_of_office_settings.message, "Back on Monday")
        nobody = str(uuid.uuid4())
        body = GetPresencesByUserIdPostRequestBody(ids=[AGENT, SECOND, nobody])
        many = (await self.graph.communications.get_presences_by_user_id.post(body)).value
        self.assertEqual([one.activity for one in many], ["Available", "InAMeeting", "PresenceUnknown"])
        self.assertTrue(all(one.sequence_number for one in many[:2]))

    async def test_too_many_or_no_ids_are_refused(self):
        many = self.graph.communications.get_presences_by_user_id
        for ids in ([], [str(uuid.uuid4()) for _ in range(651)]):
            await self.refused(400, "BadRequest", many.post(GetPresencesByUserIdPostRequestBody(ids=ids)))
        await self.refused(404, "Request_ResourceNotFound", self.presence("nobody").get())

    async def test_session_speaks_and_ends(self):
        self.by_hand(AGENT, {"client": "signed_out"})
        await self.presence().set_presence.post(session("Busy", "InACall", minutes(10)))
        self.assertEqual(await self.pair(), ("Busy", "InACall"))
        self.advance(10 * MINUTE_MS)
        self.assertEqual(await self.pair(), ("Offline", "Offline"))
        await self.presence().set_presence.post(session("Available", "Available", minutes(60)))
        self.advance(5 * MINUTE_MS)
        self.assertEqual(await self.pair(), ("Available", "AvailableInactive"))
        await self.presence().clear_presence.post(ClearPresencePostRequestBody(session_id=APP))
        self.assertEqual(await self.pair(), ("Offline", "Offline"))

    async def test_session_that_cannot_be_is_refused(self):
        setting = self.presence().set_presence
        for body in (
            session("Busy", "Busy"),
            session("Offline", "OffWork"),
            session("DoNotDisturb", "Presenting"),
            session("Available", "Available", minutes(1)),
            session("Available", "Available", minutes(300)),
            session("Available", "Available", None, AGENT),
        ):
            await self.refused(400, "BadRequest", setting.post(body))
        clearing = self.presence().clear_presence
        await self.refused(400, "BadRequest", clearing.post(ClearPresencePostRequestBody(session_id=AGENT)))
        await self.presence(graph=self.client("beta")).set_presence.post(session("DoNotDisturb", "Presenting"))
        self.assertEqual(await self.pair(), ("DoNotDisturb", "Presenting"))

    async def test_what_is_preferred_beats_sessions(self):
        preferring = self.presence().set_user_preferred_presence
        for availability, activity in (
            ("Busy", "Busy"),
            ("DoNotDisturb", "DoNotDisturb"),
            ("BeRightBack", "BeRightBack"),
            ("Away", "Away"),
            ("Offline", "OffWork"),
            ("Available", "Available"),
        ):
            body = SetUserPreferredPresencePostRequestBody(
                availability=availability, activity=activity, expiration_duration=minutes(30)
            )
            await preferring.post(body)
            self.assertEqual(await self.pair(), (availability, activity))
        await self.presence().set_presence.post(session("Busy", "InACall", minutes(60)))
        self.advance(30 * MINUTE_MS)
        self.assertEqual(await self.pair(), ("Busy", "InACall"))
        await preferring.post(SetUserPreferredPresencePostRequestBody(availability="Away", activity="Away"))
        await self.presence().clear_user_preferred_presence.post()
        self.assertEqual(await self.pair(), ("Busy", "InACall"))
        wrong = SetUserPreferredPresencePostRequestBody(availability="Busy", activity="InACall")
        await self.refused(400, "BadRequest", preferring.post(wrong))

    async def test_message_is_set_and_the_person_alone_sees_its_end(self):
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=3)
        body = SetStatusMessagePostRequestBody(
            status_message=PresenceStatusMessage(
                message=ItemBody(content="At lunch", content_type=BodyType.Text),
                expiry_date_time=DateTimeTimeZone(date_time=until.strftime("%Y-%m-%dT%H:%M:%S"), time_zone="UTC"),
            )
        )
        await self.presence().set_status_message.post(body)
        found = (await self.presence().get()).status_message
        self.assertEqual((found.message.content, found.expiry_date_time), ("At lunch", None))
        own = (await self.client_of(["Presence.Read"]).me.presence.get()).status_message
        self.assertEqual(own.expiry_date_time.time_zone, "UTC")
        self.assertIsNotNone(own.published_date_time)
        body.status_message.message.content_type = BodyType.Html
        await self.refused(400, "BadRequest", self.presence().set_status_message.post(body))

    async def test_person_may_write_the_own_presence_alone(self):
        person = self.client_of(["Presence.ReadWrite", "Presence.Read"])
        await person.me.presence.set_presence.post(session("Busy", "InAConferenceCall"))
        self.assertEqual(await self.pair(), ("Busy", "InAConferenceCall"))
        await self.refused(403, "Forbidden", self.presence(SECOND, person).get())
        clearing = self.presence(SECOND, person).clear_presence
        await self.refused(403, "Forbidden", clearing.post(ClearPresencePostRequestBody(session_id=APP)))
        for refused in (
            self.presence(SECOND, person).set_presence.post(session("Busy", "InACall")),
            self.presence(SECOND, person).clear_user_preferred_presence.post(),
            self.presence(SECOND, person).set_status_message.post(SetStatusMessagePostRequestBody()),
        ):
            await self.refused(403, "Forbidden", refused)

    async def test_presence_is_throttled_by_its_published_limit(self):
        # The clock stands still: what earlier cases took is counted too.
        self.advance(30_001)
        batch = {"requests": [{"id": str(n), "method": "GET", "url": f"/users/{AGENT}/presence"} for n in range(20)]}
        n_taken = 0
        while True:
            answers = self.post_batch(batch)
            n_taken += sum(answer["status"] == 200 for answer in answers)
            if any(answer["status"] == 429 for answer in answers):
                break
        self.assertEqual(n_taken, 1500)
        error = await self.refused(429, "TooManyRequests", self.presence().get())
        self.assertEqual(error.response_headers["retry-after"], "30")
        self.advance(30_001)
        await self.presence().get()

    def post_batch(self, batch):
        token = application(self.emulator).acquire_token_for_client(scopes=SCOPES)["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answered = requests.post(
            f"{self.emulator.https}/v1.0/$batch", json=batch, headers=headers, verify=self.emulator.ca, timeout=20
        )
        return answered.json()["responses"]


if __name__ == "__main__":
    unittest.main()
