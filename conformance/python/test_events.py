"""Events of Event Grid, read by azure-eventgrid 4.22.1 and azure-core, unmodified: both schemas and both handshakes."""

import http.server
import json
import queue
import unittest
import urllib.error
import urllib.request

from azure.communication.callautomation import CommunicationUserIdentifier
from azure.communication.identity import CommunicationIdentityClient
from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, SystemEventNames

from stage import ACCOUNT, CALLER, DEADLINE_S, KEY, NUMBER, serve
from test_call_automation import Scenario

INCOMING = SystemEventNames.AcsIncomingCallEventName


class Webhook:
    """Keeps what Event Grid sends to it; `allows` is the origin that may send it CloudEvents."""

    def __init__(self, emulator, allows=None):
        self.letters = queue.Queue()
        letters = self.letters

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                letters.put((self.command, self.headers, body))
                self.send_response(200)
                if allows is not None:
                    self.send_header("WebHook-Allowed-Origin", allows)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_OPTIONS = do_POST = answer

            def log_message(self, *_):
                pass

        self.server, self.url = serve(emulator, Handler)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def next(self):
        return self.letters.get(timeout=DEADLINE_S)


class Events(Scenario):
    client_name = "azure-eventgrid 4.22.1 with azure-communication-callautomation 1.6.0, access key"

    def webhook(self, **options):
        webhook = Webhook(self.emulator, **options)
        self.addCleanup(webhook.stop)
        return webhook

    def subscribe(self, webhook, **options):
        subscription = self.emulator.control("POST", "/event-subscriptions", {"endpoint": webhook.url, **options})
        self.addCleanup(self.emulator.control, "DELETE", f"/event-subscriptions/{subscription['id']}")
        return subscription

    def dial(self):
        self.emulator.control("POST", "/pstn-calls", {"from": CALLER, "to": NUMBER})

    def answered(self, context):
        self.client.answer_call(context, self.receiver.url + "/callbacks")
        self.receiver.next("CallConnected")

    # B-164, B-165
    def test_event_has_every_member_of_its_schema(self):
        self.dial()
        event = self.receiver.incoming.get(timeout=DEADLINE_S)
        self.assertEqual(event.event_type, INCOMING)
        self.assertEqual(event.subject, f"/caller/4:{CALLER}/recipient/28:orgid:{ACCOUNT}")
        self.assertIn("/providers/microsoft.communication/communicationservices/", event.topic.lower())
        self.assertEqual((event.data_version, event.metadata_version), ("1.0", "1"))
        self.assertIsNotNone(event.event_time.tzinfo)
        self.assertTrue(event.id)
        self.assertEqual(event.data["from"]["phoneNumber"]["value"], CALLER)
        self.answered(event.data["incomingCallContext"])

    def test_subscription_is_active_once_its_validation_url_was_fetched(self):
        webhook = self.webhook()
        subscription = self.subscribe(webhook, filter={"includedEventTypes": [INCOMING]})
        _, headers, body = webhook.next()
        self.assertEqual(headers["aeg-event-type"], "SubscriptionValidation")
        event = EventGridEvent.from_dict(json.loads(body)[0])
        self.assertEqual(event.event_type, SystemEventNames.EventGridSubscriptionValidationEventName)
        self.assertTrue(event.data["validationCode"])
        self.dial()
        self.answered(self.receiver.incoming.get(timeout=DEADLINE_S).data["incomingCallContext"])
        self.assertTrue(webhook.letters.empty(), "nothing is told before the validation")
        with urllib.request.urlopen(event.data["validationUrl"], context=self.emulator.tls) as response:
            self.assertEqual(response.status, 200)
        self.dial()
        _, headers, body = webhook.next()
        self.assertEqual((headers["aeg-event-type"], headers["aeg-delivery-count"]), ("Notification", "0"))
        self.assertEqual(EventGridEvent.from_dict(json.loads(body)[0]).event_type, INCOMING)
        self.assertTrue(subscription["id"])

    def test_call_is_announced_as_a_cloud_event_to_whoever_allowed_it(self):
        webhook = self.webhook(allows="eventgrid.azure.net")
        self.subscribe(webhook, schema="cloud_events", filter={"includedEventTypes": [INCOMING]})
        method, headers, _ = webhook.next()
        self.assertEqual((method, headers["WebHook-Request-Origin"]), ("OPTIONS", "eventgrid.azure.net"))
        self.dial()
        _, headers, body = webhook.next()
        self.assertTrue(headers["Content-Type"].startswith("application/cloudevents+json"))
        event = CloudEvent.from_json(body.decode())
        self.assertEqual((event.type, event.specversion), (INCOMING, "1.0"))
        self.assertEqual(event.subject, f"/caller/4:{CALLER}/recipient/28:orgid:{ACCOUNT}")
        self.assertEqual(event.data["to"]["rawId"], f"28:orgid:{ACCOUNT}")
        self.answered(event.data["incomingCallContext"])

    def test_webhook_that_allows_another_origin_is_not_told(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.subscribe(self.webhook(allows="other.example"), schema="cloud_events")
        with refused.exception as answer:
            self.assertEqual(answer.code, 400)
            self.assertIn("WebHook-Allowed-Origin", answer.read().decode())

    def test_call_of_users_is_told_from_its_start_to_its_end(self):
        webhook = self.webhook(allows="*")
        kinds = [
            SystemEventNames.AcsCallStartedEventName,
            SystemEventNames.AcsCallParticipantAddedEventName,
            SystemEventNames.AcsCallParticipantRemovedEventName,
            SystemEventNames.AcsCallEndedEventName,
        ]
        self.subscribe(webhook, schema="cloud_events", filter={"includedEventTypes": kinds})
        webhook.next()
        identity = CommunicationIdentityClient(
            self.emulator.https, AzureKeyCredential(KEY), connection_verify=self.emulator.ca
        )
        user = identity.create_user().properties["id"]
        self.client.create_call(CommunicationUserIdentifier(user), self.receiver.url + "/callbacks")
        connected, _ = self.receiver.next("CallConnected")
        self.client.get_call_connection(connected["callConnectionId"]).hang_up(is_for_everyone=True)
        self.receiver.next("CallDisconnected")
        # Event Grid promises no order.
        told = set()
        while told != set(kinds):
            event = CloudEvent.from_json(webhook.next()[2].decode())
            self.assertEqual(event.data["serverCallId"], connected["serverCallId"])
            told.add(event.type)


if __name__ == "__main__":
    unittest.main()
