"""What scim2-tester must find, in its order: for each resource and check its words (ids are `#`). A text alone is a
SUCCESS; with a reason beside it, it is an ERROR that stays, because Databricks itself is not as RFC 7643 and 7644 say,
or because nobody knows what it does; in that case crates/sample/README.md says so.
"""

# Neither the published reference nor any SDK, Terraform or sync tool knows these addresses at Databricks.
DISCOVERY = "Databricks publishes no /ServiceProviderConfig, /ResourceTypes and /Schemas"
SEARCH = "Databricks publishes no /.search"
# An address that is no API is answered by Databricks' gateway, not by its SCIM service.
STRAY = "unknown addresses are answered in Databricks' own form of error"
# The reference: changes of userName and emails are ignored, without an error.
NAMES_STAY = "Databricks ignores changes of userName and emails"
# Not established. It always has a value; taking it away is refused rather than read as switching somebody on or off.
ACTIVE = "active always has a value"
# The server adds display and $ref to each member, as the RFC lets it; scim2-tester wants exactly what it sent.
MEMBERS = "members come back with display and $ref"
# The reference: lists of account groups show id and displayName only, whatever is asked for.
GROUP_LISTS = "lists of account groups show names only"
# The reference: meta.resourceType tells a workspace's own groups from those of the account.
WORKSPACE_GROUP = "groups of a workspace are of the type WorkspaceGroup"

SERVICE = {
    (None, "service_provider_config_endpoint"): [
        ("The server answered 404 without a SCIM error", DISCOVERY),
    ],
    (None, "service_provider_config_endpoint_methods"): [
        ("POST /ServiceProviderConfig returned 404 instead of 405", DISCOVERY),
        ("PUT /ServiceProviderConfig returned 404 instead of 405", DISCOVERY),
        ("PATCH /ServiceProviderConfig returned 404 instead of 405", DISCOVERY),
        ("DELETE /ServiceProviderConfig returned 404 instead of 405", DISCOVERY),
    ],
    (None, "query_all_resource_types"): [
        ("The server answered 404 without a SCIM error", DISCOVERY),
    ],
    (None, "access_invalid_resource_type"): [
        ("The server answered 404 without a SCIM error", DISCOVERY),
    ],
    (None, "resource_types_endpoint_methods"): [
        ("POST /ResourceTypes returned 404 instead of 405", DISCOVERY),
        ("PUT /ResourceTypes returned 404 instead of 405", DISCOVERY),
        ("PATCH /ResourceTypes returned 404 instead of 405", DISCOVERY),
        ("DELETE /ResourceTypes returned 404 instead of 405", DISCOVERY),
    ],
    (None, "query_all_schemas"): [
        ("The server answered 404 without a SCIM error", DISCOVERY),
    ],
    (None, "access_invalid_schema"): [
        ("The server answered 404 without a SCIM error", DISCOVERY),
    ],
    (None, "schemas_endpoint_methods"): [
        ("POST /Schemas returned 404 instead of 405", DISCOVERY),
        ("PUT /Schemas returned 404 instead of 405", DISCOVERY),
        ("PATCH /Schemas returned 404 instead of 405", DISCOVERY),
        ("DELETE /Schemas returned 404 instead of 405", DISCOVERY),
    ],
    (None, "random_url"): [
        ("The server answered 404 without a SCIM error", STRAY),
    ],
}

ACCOUNT = {
    **SERVICE,
    ("User", "object_creation"): [
        "Successfully created User object with id #",
    ],
    ("User", "object_query"): [
        "Successfully queried User object with id #",
    ],
    ("User", "object_query_without_id"): [
        "Successfully found User object with id # in list response",
    ],
    ("User", "object_query_with_attributes"): [
        "GET /Resource/{id}: attribute filtering honoured for User",
        "GET /Resource/{id}: attribute filtering honoured for User",
    ],
    ("User", "object_list_with_attributes"): [
        "GET /Resource: attribute filtering honoured for User",
        "GET /Resource: attribute filtering honoured for User",
    ],
    ("User", "search_with_attributes"): [
        ("The server answered 404 without a SCIM error", SEARCH),
    ],
    ("User", "object_replacement"): [
        "Successfully replaced User object with id #",
    ],
    ("User", "object_deletion"): [
        "Successfully deleted User object with id #",
    ],
    ("User", "check_add_attribute"): [
        "Successfully added attribute 'externalId'",
        "Successfully added attribute 'displayName'",
        "Successfully added attribute 'name'",
        "Successfully added attribute 'emails'",
        "Successfully added attribute 'active'",
        "Successfully added attribute 'roles'",
    ],
    ("User", "check_remove_attribute"): [
        "Successfully removed attribute 'externalId'",
        "Successfully removed attribute 'displayName'",
        "Successfully removed attribute 'name'",
        ("PATCH modify() did not remove attribute 'emails'", NAMES_STAY),
        ("Failed to remove attribute 'active': Attribute active is required and cannot be removed", ACTIVE),
        "Successfully removed attribute 'roles'",
    ],
    ("User", "check_replace_attribute"): [
        "Successfully replaced attribute 'externalId'",
        (
            "PATCH modify() returned unexpected value for 'userName'.\n"
            "Patched value: tester13@contoso.example\n"
            "Returned value: tester12@contoso.example",
            NAMES_STAY,
        ),
        "Successfully replaced attribute 'displayName'",
        "Successfully replaced attribute 'name'",
        (
            "PATCH modify() returned unexpected value for 'emails'.\n"
            "Patched value: [Email(value='tester13@contoso.example', type='work', primary=True)]\n"
            "Returned value: [Email(value='tester12@contoso.example', type='work', primary=True)]",
            NAMES_STAY,
        ),
        "Successfully replaced attribute 'active'",
        "Successfully replaced attribute 'roles'",
    ],
    ("Group", "object_creation"): [
        "Successfully created Group object with id #",
    ],
    ("Group", "object_query"): [
        "Successfully queried Group object with id #",
    ],
    ("Group", "object_query_without_id"): [
        "Successfully found Group object with id # in list response",
    ],
    ("Group", "object_query_with_attributes"): [
        "GET /Resource/{id}: attribute filtering honoured for Group",
        "GET /Resource/{id}: attribute filtering honoured for Group",
    ],
    ("Group", "object_list_with_attributes"): [
        ("GET /Resource: requested attribute 'externalId' missing from Group response", GROUP_LISTS),
        "GET /Resource: attribute filtering honoured for Group",
    ],
    ("Group", "search_with_attributes"): [
        ("The server answered 404 without a SCIM error", SEARCH),
    ],
    ("Group", "object_replacement"): [
        "Successfully replaced Group object with id #",
    ],
    ("Group", "object_deletion"): [
        "Successfully deleted Group object with id #",
    ],
    ("Group", "check_add_attribute"): [
        "Successfully added attribute 'externalId'",
        (
            "PATCH modify() returned unexpected value for 'members'.\n"
            "Patched value: [Member(value='#', display=None, ref=None)]\n"
            "Returned value: [Member(value='#', display='Plain reader', ref='Users/#')]",
            MEMBERS,
        ),
        "Successfully added attribute 'roles'",
    ],
    ("Group", "check_remove_attribute"): [
        "Successfully removed attribute 'externalId'",
        "Successfully removed attribute 'members'",
        "Successfully removed attribute 'roles'",
    ],
    ("Group", "check_replace_attribute"): [
        "Successfully replaced attribute 'externalId'",
        "Successfully replaced attribute 'displayName'",
        (
            "PATCH modify() returned unexpected value for 'members'.\n"
            "Patched value: [Member(value='#', display=None, ref=None)]\n"
            "Returned value: [Member(value='#', display='Plain reader', ref='Users/#')]",
            MEMBERS,
        ),
        "Successfully replaced attribute 'roles'",
    ],
}

WORKSPACE = {
    **SERVICE,
    ("User", "object_creation"): [
        "Successfully created User object with id #",
    ],
    ("User", "object_query"): [
        "Successfully queried User object with id #",
    ],
    ("User", "object_query_without_id"): [
        "Successfully found User object with id # in list response",
    ],
    ("User", "object_query_with_attributes"): [
        "GET /Resource/{id}: attribute filtering honoured for User",
        "GET /Resource/{id}: attribute filtering honoured for User",
    ],
    ("User", "object_list_with_attributes"): [
        "GET /Resource: attribute filtering honoured for User",
        "GET /Resource: attribute filtering honoured for User",
    ],
    ("User", "search_with_attributes"): [
        ("The server answered 404 without a SCIM error", SEARCH),
    ],
    ("User", "object_replacement"): [
        "Successfully replaced User object with id #",
    ],
    ("User", "object_deletion"): [
        "Successfully deleted User object with id #",
    ],
    ("User", "check_add_attribute"): [
        "Successfully added attribute 'externalId'",
        "Successfully added attribute 'displayName'",
        "Successfully added attribute 'name'",
        "Successfully added attribute 'emails'",
        "Successfully added attribute 'active'",
        "Successfully added attribute 'roles'",
        "Successfully added attribute 'entitlements'",
    ],
    ("User", "check_remove_attribute"): [
        "Successfully removed attribute 'externalId'",
        "Successfully removed attribute 'displayName'",
        "Successfully removed attribute 'name'",
        ("PATCH modify() did not remove attribute 'emails'", NAMES_STAY),
        ("Failed to remove attribute 'active': Attribute active is required and cannot be removed", ACTIVE),
        "Successfully removed attribute 'roles'",
        "Successfully removed attribute 'entitlements'",
    ],
    ("User", "check_replace_attribute"): [
        "Successfully replaced attribute 'externalId'",
        (
            "PATCH modify() returned unexpected value for 'userName'.\n"
            "Patched value: tester13@contoso.example\n"
            "Returned value: tester12@contoso.example",
            NAMES_STAY,
        ),
        "Successfully replaced attribute 'displayName'",
        "Successfully replaced attribute 'name'",
        (
            "PATCH modify() returned unexpected value for 'emails'.\n"
            "Patched value: [Email(value='tester13@contoso.example', type='work', primary=True)]\n"
            "Returned value: [Email(value='tester12@contoso.example', type='work', primary=True)]",
            NAMES_STAY,
        ),
        "Successfully replaced attribute 'active'",
        "Successfully replaced attribute 'roles'",
        "Successfully replaced attribute 'entitlements'",
    ],
    ("Group", "object_creation"): [
        "Successfully created Group object with id #",
    ],
    ("Group", "object_query"): [
        "Successfully queried Group object with id #",
    ],
    ("Group", "object_query_without_id"): [
        "Successfully found Group object with id # in list response",
    ],
    ("Group", "object_query_with_attributes"): [
        "GET /Resource/{id}: attribute filtering honoured for Group",
        "GET /Resource/{id}: attribute filtering honoured for Group",
    ],
    ("Group", "object_list_with_attributes"): [
        "GET /Resource: attribute filtering honoured for Group",
        "GET /Resource: attribute filtering honoured for Group",
    ],
    ("Group", "search_with_attributes"): [
        ("The server answered 404 without a SCIM error", SEARCH),
    ],
    ("Group", "object_replacement"): [
        ("Unknown resource type: 'WorkspaceGroup'", WORKSPACE_GROUP),
    ],
    ("Group", "object_deletion"): [
        "Successfully deleted Group object with id #",
    ],
    ("Group", "check_add_attribute"): [
        "Successfully added attribute 'externalId'",
        (
            "Attribute 'members' was not added or has unexpected value\n"
            "Patched value: [Member(value='#', display=None, ref=None)]\n"
            "Returned value: [Member(value='#', display='Plain reader', ref='Users/#')]",
            MEMBERS,
        ),
        "Successfully added attribute 'roles'",
        "Successfully added attribute 'entitlements'",
    ],
    ("Group", "check_remove_attribute"): [
        "Successfully removed attribute 'externalId'",
        "Successfully removed attribute 'members'",
        "Successfully removed attribute 'roles'",
        "Successfully removed attribute 'entitlements'",
    ],
    ("Group", "check_replace_attribute"): [
        "Successfully replaced attribute 'externalId'",
        "Successfully replaced attribute 'displayName'",
        (
            "Attribute 'members' was not replaced or has unexpected value\n"
            "Patched value: [Member(value='#', display=None, ref=None)]\n"
            "Returned value: [Member(value='#', display='Plain reader', ref='Users/#')]",
            MEMBERS,
        ),
        "Successfully replaced attribute 'roles'",
        "Successfully replaced attribute 'entitlements'",
    ],
}
