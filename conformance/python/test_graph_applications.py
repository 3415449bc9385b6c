"""Applications of Microsoft Graph with msgraph-sdk 1.65.0 and msal 1.39.0: ends of credentials, consents, and what is taken
back."""

import datetime
import unittest

from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder

from certificate import new_certificate
from graph import SCOPES, GraphCase, application, asking
from stage import AGENT, APP

LIST = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters
PRINCIPAL = "bb123456-1234-1234-1234-bbb123456789"
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
WRITER = ["Application.Read.All", "AppRoleAssignment.ReadWrite.All", "User.Read.All"]


class Applications(GraphCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.addCleanup(self.emulator.control, "PUT", "/entra/application", {})

    def set(self, **application):
        self.emulator.control("PUT", "/entra/application", application)

    async def test_credentials_of_the_registration_tell_their_ends(self):
        certificate = new_certificate()
        self.set(secret_expires_at="2027-03-01T00:00:00Z", certificates=[certificate.public])
        found = await self.graph.applications_with_app_id(APP).get()
        secret = found.password_credentials[0]
        self.assertEqual(secret.end_date_time, datetime.datetime(2027, 3, 1, tzinfo=datetime.timezone.utc))
        self.assertEqual((secret.hint, secret.secret_text), ("tan", None))
        key = found.key_credentials[0]
        self.assertEqual((key.type, key.usage), ("AsymmetricX509Cert", "Verify"))
        self.assertGreater(key.end_date_time, key.start_date_time)
        by_id = await self.graph.applications.by_application_id(found.id).get()
        self.assertEqual(by_id.app_id, APP)
        listed = await self.graph.applications.get(request_configuration=asking(None, LIST(filter=f"appId eq '{APP}'")))
        self.assertEqual([one.id for one in listed.value], [found.id])
        # The two ids of a portal are mistaken for each other.
        mistaken = self.graph.applications.by_application_id(PRINCIPAL)
        await self.refused(404, "Request_ResourceNotFound", mistaken.get())
        wrong = asking(None, LIST(filter="appRoles/any()"))
        await self.refused(400, "Request_UnsupportedQuery", self.graph.applications.get(request_configuration=wrong))

    async def test_what_was_consented_to_is_compared_with_what_graph_has(self):
        resource = await self.graph.service_principals_with_app_id(GRAPH_APP).get()
        names = {str(role.id): role.value for role in resource.app_roles}
        principal = await self.graph.service_principals_with_app_id(APP).get()
        self.assertEqual(principal.id, PRINCIPAL)
        ours = self.graph.service_principals.by_service_principal_id(principal.id)
        granted = await ours.app_role_assignments.get()
        self.assertIn("Presence.ReadWrite.All", [names[str(one.app_role_id)] for one in granted.value])
        delegated = (await ours.oauth2_permission_grants.get()).value[0]
        self.assertEqual((delegated.consent_type, delegated.resource_id), ("AllPrincipals", resource.id))
        self.assertIn("Presence.Read.All", delegated.scope.split())
        self.assertEqual(len((await self.graph.service_principals.get()).value), 2)

    async def test_permission_that_is_taken_back_is_in_no_later_token(self):
        self.set(application_permissions=WRITER)
        graph = self.client()
        resource = await graph.service_principals_with_app_id(GRAPH_APP).get()
        users = next(role.id for role in resource.app_roles if role.value == "User.Read.All")
        assignments = graph.service_principals.by_service_principal_id(PRINCIPAL).app_role_assignments
        assignment = next(one for one in (await assignments.get()).value if one.app_role_id == users)
        await assignments.by_app_role_assignment_id(assignment.id).delete()
        again = assignments.by_app_role_assignment_id(assignment.id)
        await self.refused(404, "Request_ResourceNotFound", again.delete())
        self.assertTrue((await graph.users.get()).value)
        await self.refused(403, "Authorization_RequestDenied", self.client().users.get())

    async def test_permission_that_was_never_given_is_refused(self):
        assignments = self.graph.service_principals.by_service_principal_id(PRINCIPAL).app_role_assignments
        one = (await assignments.get()).value[0]
        refused = assignments.by_app_role_assignment_id(one.id)
        await self.refused(403, "Authorization_RequestDenied", refused.delete())
        self.set(application_permissions=["User.Read.All"])
        graph = self.client()
        ours = graph.service_principals.by_service_principal_id(PRINCIPAL)
        for attempt in (
            graph.applications.get(),
            graph.applications_with_app_id(APP).get(),
            graph.service_principals.get(),
            graph.service_principals_with_app_id(APP).get(),
            ours.app_role_assignments.get(),
            ours.app_role_assigned_to.get(),
            ours.oauth2_permission_grants.get(),
        ):
            await self.refused(403, "Authorization_RequestDenied", attempt)

    async def test_people_with_roles_are_read(self):
        self.emulator.control("PUT", f"/entra/people/{AGENT}", {"app_roles": ["Administrator"]})
        principal = await self.graph.service_principals_with_app_id(APP).get()
        names = {str(role.id): role.value for role in principal.app_roles}
        ours = self.graph.service_principals.by_service_principal_id(PRINCIPAL)
        assigned = (await ours.app_role_assigned_to.get()).value
        told = [(str(one.principal_id), one.principal_type, names[str(one.app_role_id)]) for one in assigned]
        self.assertEqual(told, [(AGENT, "User", "Administrator")])

    async def test_application_that_is_disabled_has_no_tokens(self):
        for standing, code in (("disabled", 7000112), ("absent", 700016)):
            self.set(standing=standing)
            refused = application(self.emulator).acquire_token_for_client(scopes=SCOPES)
            self.assertIn(f"AADSTS{code}:", refused["error_description"])


if __name__ == "__main__":
    unittest.main()
