"""Subscriptions of Microsoft Graph with msgraph-sdk 1.65.0 and msal 1.39.0: handshake, notices that are read, renewal, end."""

import datetime
import unittest

import jwt
from msgraph.generated.models.subscription import Subscription

from graph import GraphCase
from notices import Notices
from stage import AGENT, APP, TENANT

SECOND = "0269be4d-5be0-4770-bf9c-a1bf50ee78d6"
NOTIFIER = "0bf30f3b-4a52-48df-9a82-234910c4a086"


class Subscriptions(GraphCase):
    flags = ("--strict", "--clock", "stepped")

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.notices = Notices(self.emulator)
        self.addCleanup(self.notices.stop)
        self.person = self.client_of(["Presence.Read.All"])
        self.emulator.control("PUT", f"/people/{SECOND}/presence", {"chosen": "nothing"})

    def in_minutes(self, minutes):
        """By the emulator's clock, which is ahead by what the cases advanced it."""
        ahead = datetime.timedelta(milliseconds=self.emulator.control("GET", "/clock")["now_ms"], minutes=minutes)
        return datetime.datetime.now(datetime.timezone.utc) + ahead

    def order(self, **other):
        wanted = {
            "change_type": "updated",
            "notification_url": self.notices.url + "/notices",
            "lifecycle_notification_url": self.notices.url + "/lifecycle",
            "resource": f"/communications/presences/{SECOND}",
            "expiration_date_time": self.in_minutes(55),
            "client_state": "s3cret",
        }
        return Subscription(**{**wanted, **other})

    async def subscribed(self, graph=None, **other):
        graph = graph or self.person
        created = await graph.subscriptions.post(self.order(**other))
        self.addAsyncCleanup(self.ended, graph, created.id)
        return created

    async def ended(self, graph, name):
        if name in [one.id for one in (await graph.subscriptions.get()).value]:
            await graph.subscriptions.by_subscription_id(name).delete()

    def choose(self, chosen, person=SECOND):
        self.emulator.control("PUT", f"/people/{person}/presence", {"chosen": chosen})

    def advance(self, minutes):
        self.emulator.control("POST", "/clock/advance", {"ms": minutes * 60_000})

    def told(self, wanted="/notices"):
        """The next notices: the client has no model of them."""
        path, body = self.notices.next()
        self.assertEqual(path, wanted)
        return body

    async def test_subscriber_is_told_of_presence(self):
        created = await self.subscribed()
        self.assertEqual((created.client_state, created.creator_id), ("s3cret", AGENT))
        self.choose("busy")
        told = self.told()["value"][0]
        self.assertEqual((told["subscriptionId"], told["clientState"]), (created.id, "s3cret"))
        self.assertEqual(told["resourceData"]["id"], SECOND)
        found = await self.person.subscriptions.by_subscription_id(created.id).get()
        self.assertEqual(found.resource, created.resource)
        await self.person.subscriptions.by_subscription_id(created.id).delete()
        gone = self.person.subscriptions.by_subscription_id(created.id)
        await self.refused(404, "ResourceNotFound", gone.get())
        await self.refused(404, "ResourceNotFound", gone.delete())

    async def test_resource_data_is_read_with_the_subscribers_key(self):
        await self.subscribed(
            include_resource_data=True,
            encryption_certificate=self.notices.certificate,
            encryption_certificate_id="c1",
        )
        self.choose("do_not_disturb")
        told = self.told()
        content = told["value"][0]["encryptedContent"]
        self.assertEqual(content["encryptionCertificateId"], "c1")
        resource = self.notices.read(content)
        self.assertEqual((resource["id"], resource["availability"]), (SECOND, "DoNotDisturb"))
        keys = self.emulator.get(f"/{TENANT}/discovery/v2.0/keys")["keys"]
        token = told["validationTokens"][0]
        key = next(jwt.PyJWK(key) for key in keys if key["kid"] == jwt.get_unverified_header(token)["kid"])
        issuer = f"https://sts.windows.net/{TENANT}/"
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=APP, issuer=issuer, leeway=5)
        self.assertEqual(claims["appid"], NOTIFIER)

    async def test_several_people_are_one_subscription(self):
        people = f"'{AGENT}','{SECOND}'"
        await self.subscribed(resource=f"/communications/presences?$filter=id in ({people})")
        self.choose("busy", AGENT)
        self.assertEqual(self.told()["value"][0]["resourceData"]["id"], AGENT)
        self.choose("nothing", AGENT)
        self.told()

    async def test_order_that_cannot_be_is_refused(self):
        posting = self.person.subscriptions.post
        for other in (
            {"change_type": "created"},
            {"notification_url": "http://127.0.0.1:9/plain"},
            {"expiration_date_time": self.in_minutes(-5)},
            {"expiration_date_time": self.in_minutes(100)},
            {"client_state": "x" * 129},
            {"include_resource_data": True},
            {"resource": "/communications/presences/nobody"},
        ):
            await self.refused(400, "ValidationError", posting(self.order(**other)))
        await self.refused(403, "ExtensionError", self.graph.subscriptions.post(self.order()))
        await self.refused(501, "NotImplemented", posting(self.order(resource="/chats/getAllMessages")))
        self.notices.validates = False
        await self.refused(400, "ValidationError", posting(self.order()))
        self.notices.validates = True
        await self.subscribed()
        await self.refused(409, "ExtensionError", posting(self.order()))

    async def test_renewal_keeps_it_and_without_one_it_ends(self):
        created = await self.subscribed()
        ours = self.person.subscriptions.by_subscription_id(created.id)
        self.advance(46)
        lifecycle = self.told("/lifecycle")["value"][0]
        self.assertEqual(lifecycle["lifecycleEvent"], "reauthorizationRequired")
        await ours.reauthorize.post()
        renewed = await ours.patch(Subscription(expiration_date_time=created.expiration_date_time + datetime.timedelta(minutes=30)))
        self.assertGreater(renewed.expiration_date_time, created.expiration_date_time)
        await self.refused(400, "ValidationError", ours.patch(Subscription(client_state="other")))
        moved = await ours.patch(Subscription(notification_url=self.notices.url + "/moved"))
        self.assertTrue(moved.notification_url.endswith("/moved"))
        self.choose("busy")
        self.told("/moved")
        self.advance(45)
        await self.refused(404, "ResourceNotFound", ours.get())
        await self.refused(404, "ResourceNotFound", ours.patch(Subscription()))
        await self.refused(404, "ResourceNotFound", ours.reauthorize.post())

    async def test_users_are_told_to_the_application(self):
        await self.subscribed(
            self.graph,
            resource="users",
            change_type="updated,deleted",
            expiration_date_time=self.in_minutes(20_000),
            lifecycle_notification_url=None,
        )
        self.emulator.control("PUT", f"/entra/people/{SECOND}", {"job_title": "Buyer"})
        told = self.told()["value"][0]
        self.assertEqual((told["changeType"], told["resourceData"]["id"]), ("updated", SECOND))


if __name__ == "__main__":
    unittest.main()
