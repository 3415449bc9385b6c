"""The directory of Microsoft Graph with msgraph-sdk 1.65.0 and msal 1.39.0: users, deltas, licenses, batches, and what is
refused."""

import unittest

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.admin.teams.user_configurations.user_configurations_request_builder import (
    UserConfigurationsRequestBuilder,
)
from msgraph.generated.users.count.count_request_builder import CountRequestBuilder
from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

from graph import EVENTUALLY, GraphCase, asking
from stage import ACCOUNT, AGENT, TENANT

LIST = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
CONFIGURATIONS = UserConfigurationsRequestBuilder.UserConfigurationsRequestBuilderGetQueryParameters
TEAMS = "57ff2da0-773e-42df-b2af-ffb7a2317929"
SECOND = "0269be4d-5be0-4770-bf9c-a1bf50ee78d6"
FOURTH = "0269be4d-5be0-4770-bf9c-a1bf50ee78d8"
WITH_TEAMS = f"assignedPlans/any(p:p/servicePlanId eq {TEAMS} and p/capabilityStatus eq 'Enabled')"


class Directory(GraphCase):
    flags = ("--strict", "--people", "594")

    async def listed(self, query, headers=None, graph=None):
        return await (graph or self.graph).users.get(request_configuration=asking(None, query, headers))

    async def test_a_user_is_found_by_id_and_by_name(self):
        person = await self.graph.users.by_user_id(AGENT).get()
        self.assertEqual((person.id, person.display_name), (AGENT, "Adele Vance"))
        self.assertEqual(person.business_phones, ["+14255560000"])
        self.assertIsNone(person.assigned_plans)
        select = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(
            select=["accountEnabled", "assignedPlans", "usageLocation"]
        )
        by_name = self.graph.users.by_user_id(person.user_principal_name)
        person = await by_name.get(request_configuration=asking(None, select))
        self.assertTrue(person.account_enabled)
        self.assertIn((TEAMS, "Enabled"), [(str(plan.service_plan_id), plan.capability_status) for plan in person.assigned_plans])

    async def test_users_come_by_pages(self):
        page = await self.listed(LIST(top=250, select=["id", "displayName"]))
        self.assertEqual(len(page.value), 250)
        ids = []
        iterator = PageIterator(page, self.graph.request_adapter)
        await iterator.iterate(lambda user: ids.append(user.id) or True)
        self.assertEqual((len(ids), len(set(ids))), (600, 600))
        self.assertIn(ACCOUNT, ids)

    async def test_lines_of_teams_users_come_by_pages(self):
        query = CONFIGURATIONS(top=250, select=["id", "telephoneNumbers"])
        page = await self.graph.admin.teams.user_configurations.get(request_configuration=asking(None, query))
        self.assertEqual(len(page.value), 250)
        lines = {}
        iterator = PageIterator(page, self.graph.request_adapter)
        await iterator.iterate(lambda one: lines.update({one.id: one.telephone_numbers}) or True)
        numbers = [number.telephone_number for number in lines[FOURTH]]
        self.assertEqual((numbers, lines[AGENT]), (["+12535560003"], []))
        self.assertIn(ACCOUNT, lines)

    async def test_users_are_filtered_sorted_and_counted(self):
        found = await self.listed(LIST(filter="startswith(displayName,'Adele') and accountEnabled eq true", top=999))
        self.assertTrue(found.value and all(user.display_name.startswith("Adele") for user in found.value))
        counted = await self.listed(LIST(filter=WITH_TEAMS, count=True, top=1), EVENTUALLY)
        self.assertGreater(counted.odata_count, 500)
        down = await self.listed(LIST(orderby=["displayName desc"], top=50))
        names = [user.display_name.lower() for user in down.value]
        self.assertEqual(names, sorted(names, reverse=True))
        count = CountRequestBuilder.CountRequestBuilderGetQueryParameters()
        self.assertEqual(await self.graph.users.count.get(request_configuration=asking(None, count, EVENTUALLY)), 600)

    async def test_query_that_is_not_taken_is_refused(self):
        for code, query in (
            ("Request_UnsupportedQuery", LIST(filter=WITH_TEAMS, count=True)),
            ("Request_UnsupportedQuery", LIST(filter="displayName ne 'x'")),
            ("Request_BadRequest", LIST(select=["shoeSize"])),
            ("Request_BadRequest", LIST(top=1000)),
            ("Request_BadRequest", LIST(filter="displayName")),
        ):
            await self.refused(400, code, self.listed(query))
        await self.refused(400, "Request_BadRequest", self.graph.users.count.get())
        await self.refused(404, "Request_ResourceNotFound", self.graph.users.by_user_id("nobody").get())

    async def test_delta_tells_changes_and_is_gone_when_it_is_too_old(self):
        select = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(select=["displayName"])
        page = await self.graph.users.delta.get(request_configuration=asking(None, select))
        n_users = len(page.value)
        while page.odata_next_link:
            page = await self.graph.users.delta.with_url(page.odata_next_link).get()
            n_users += len(page.value)
        self.assertEqual(n_users, 600)
        link = page.odata_delta_link
        self.emulator.control("PUT", f"/entra/people/{AGENT}", {"name": "Adele Changed"})
        self.addCleanup(self.emulator.control, "PUT", f"/entra/people/{AGENT}", {"name": "Adele Vance"})
        left = "0269be4d-5be0-4770-bf9c-a1bf50ee7900"
        self.emulator.control("DELETE", f"/entra/people/{left}")
        self.addCleanup(self.emulator.control, "PUT", f"/entra/people/{left}", {"name": "Back Again"})
        page = await self.graph.users.delta.with_url(link).get()
        self.assertEqual([user.id for user in page.value], [AGENT, left])
        self.assertEqual(page.value[0].display_name, "Adele Changed")
        self.assertEqual(page.value[1].additional_data["@removed"]["reason"], "changed")
        self.emulator.control("POST", "/faults", {"kind": "sync_state_lost"})
        await self.refused(410, "syncStateNotFound", self.graph.users.delta.with_url(link).get())

    async def test_licenses_of_a_user_come_and_go(self):
        details = await self.graph.users.by_user_id(SECOND).license_details.get()
        plans = {plan.service_plan_name: plan.provisioning_status for one in details.value for plan in one.service_plans}
        self.assertEqual(plans, {"TEAMS1": "Success", "MCOEV": "Success"})
        self.emulator.control("PUT", f"/entra/people/{SECOND}", {"licenses": {"teams": "deleted"}})
        self.addCleanup(self.emulator.control, "PUT", f"/entra/people/{SECOND}", {"licenses": {"teams": "enabled"}})
        details = await self.graph.users.by_user_id(SECOND).license_details.get()
        self.assertEqual([one.sku_part_number for one in details.value], ["MCOEV"])

    async def test_the_tenant_tells_its_name_and_where_its_data_lies(self):
        found = (await self.graph.organization.get()).value[0]
        self.assertEqual((found.id, found.country_letter_code), (TENANT, "US"))
        self.assertEqual(found.verified_domains[0].name, "tandem.example")

    async def test_beta_is_asked_as_version_one_is(self):
        found = await self.listed(LIST(top=1), graph=self.client("beta"))
        self.assertEqual(len(found.value), 1)

    async def test_a_token_that_does_not_open_the_directory_is_refused(self):
        damaged = self.client(flow=lambda: {"access_token": "no.token.atall"})
        await self.refused(401, "InvalidAuthenticationToken", damaged.users.get())
        person = self.client_of(["User.Read"])
        self.assertEqual((await person.me.get()).id, AGENT)
        await self.refused(403, "Authorization_RequestDenied", person.users.get())
        await self.refused(400, "BadRequest", self.graph.me.get())

    async def test_a_throttled_request_is_tried_again_when_it_may_be(self):
        self.emulator.control(
            "POST", "/faults", {"kind": "status", "status": 429, "retry_after_s": 1, "match": {"operation": "GetUser"}}
        )
        error = await self.refused(429, "TooManyRequests", self.graph.users.by_user_id(AGENT).get())
        self.assertEqual(error.response_headers["retry-after"], "1")
        self.emulator.control(
            "POST", "/faults", {"kind": "status", "status": 429, "retry_after_s": 1, "match": {"operation": "GetUser"}}
        )
        patient = self.client(retries=1)
        self.assertEqual((await patient.users.by_user_id(AGENT).get()).id, AGENT)

    def part(self, path):
        information = RequestInformation(Method.GET)
        information.url = f"/{path}"
        return BatchRequestItem(request_information=information)

    async def test_parts_of_a_batch_are_answered_each_by_itself(self):
        # What depends on what, and bodies, are shown with the other client: this one writes depends_on, which no service knows,
        # and reads no body that is an object.
        parts = [self.part(path) for path in (f"users/{AGENT}", "users/nobody", "organization")]
        answered = await self.graph.batch.post(BatchRequestContent({part.id: part for part in parts}))
        statuses = [answered.get_response_by_id(part.id).status for part in parts]
        self.assertEqual(statuses, [200, 404, 200])
        self.assertTrue(answered.get_response_by_id(parts[1].id).headers["Request-Id"])


if __name__ == "__main__":
    unittest.main()
