"""Users and groups as Databricks documents them, in the words of scim2-models: Databricks publishes no `/Schemas`.

The values that scim2-tester makes up are told here too, since Databricks wants e-mail addresses as user names, the same
address among the e-mails, entitlements from a fixed list, and members that exist.
"""

import itertools
from typing import Annotated, Any

from pydantic import Field
from scim2_models import (
    URN,
    ComplexAttribute,
    Mutability,
    Required,
    Resource,
    ScimProvider,
    ServiceProviderConfig,
    Uniqueness,
)


class Made(list):
    """Examples that are made when one is asked for; scim2-tester draws its values from the examples of a field."""

    def __init__(self, make):
        super().__init__(["made when asked for"])
        self._make = make

    def __getitem__(self, at):
        return self._make()


class Names:
    """User names, each once, and the last one again for the addresses, which must be the same."""

    def __init__(self):
        self._numbers = itertools.count(1)
        self._last = ""

    def new(self):
        """A name that nobody has had yet."""
        self._last = f"tester{next(self._numbers)}@contoso.example"
        return self._last

    def last(self):
        """The newest name."""
        return self._last


def provider(level, member):
    """What a level's service offers. `member` is the id of somebody who can be made a member of groups."""
    names = Names()

    class Name(ComplexAttribute):
        given_name: str | None = None
        family_name: str | None = None

    class Email(ComplexAttribute):
        value: str | None = Field(None, examples=Made(names.last))
        type: str | None = Field(None, examples=["work"])
        primary: bool | None = Field(None, examples=[True])

    class Role(ComplexAttribute):
        """At the account: its administrators. At a workspace: instance profiles."""

        value: str | None = Field(
            None, examples=["account_admin" if level == "account" else "arn:aws:iam::123456789012:instance-profile/a"]
        )

    class Entitlement(ComplexAttribute):
        value: str | None = Field(None, examples=["allow-cluster-create"])

    class Parent(ComplexAttribute):
        value: Annotated[str | None, Mutability.read_only] = None
        display: Annotated[str | None, Mutability.read_only] = None
        ref: Annotated[str | None, Mutability.read_only] = Field(
            None, serialization_alias="$ref", validation_alias="$ref"
        )

    class Member(ComplexAttribute):
        value: str | None = Field(None, examples=[member])
        display: Annotated[str | None, Mutability.read_only] = None
        ref: Annotated[str | None, Mutability.read_only] = Field(
            None, serialization_alias="$ref", validation_alias="$ref"
        )

    class AccountUser(Resource[Any]):
        __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

        user_name: Annotated[str | None, Required.true, Uniqueness.server] = Field(None, examples=Made(names.new))
        display_name: str | None = None
        name: Name | None = None
        emails: list[Email] | None = None
        active: bool | None = None
        roles: list[Role] | None = None

    class AccountGroup(Resource[Any]):
        __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

        display_name: Annotated[str | None, Required.true] = None
        members: list[Member] | None = None
        roles: list[Role] | None = None

    class WorkspaceUser(AccountUser):
        entitlements: list[Entitlement] | None = None
        groups: Annotated[list[Parent] | None, Mutability.read_only] = None

    class WorkspaceGroup(AccountGroup):
        entitlements: list[Entitlement] | None = None
        groups: Annotated[list[Parent] | None, Mutability.read_only] = None

    models = [AccountUser, AccountGroup] if level == "account" else [WorkspaceUser, WorkspaceGroup]
    for model, name in zip(models, ("User", "Group"), strict=True):
        model.__name__ = name
    return ScimProvider(models=models, config=CONFIG)


CONFIG = ServiceProviderConfig(
    patch={"supported": True},
    filter={"supported": True, "max_results": 100},
    sort={"supported": True},
    bulk={"supported": False},
    change_password={"supported": False},
    etag={"supported": False},
    authentication_schemes=[],
)
