"""People who can sign in: a partner with a verified address, unless a trait or `staff_role` says otherwise."""

from typing import Any

import factory
from allauth.account.models import EmailAddress

from engagement.accounts.models import User


class UserFactory(factory.django.DjangoModelFactory):
    """`UserFactory()`, `UserFactory(engagement=True)`, `UserFactory(officer=True)`, `UserFactory(administrator=True)`.

    `password="..."` sets one (without it the account signs in by code); `verified=False` leaves the address unproven.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        engagement = factory.Trait(staff_role=User.StaffRole.ENGAGEMENT)
        officer = factory.Trait(staff_role=User.StaffRole.OFFICER)
        administrator = factory.Trait(staff_role=User.StaffRole.ADMINISTRATOR)

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@people.example")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)

    @factory.post_generation
    def verified(obj: User, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # noqa: N805 - factory's way
        if create:
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=extracted is not False)
