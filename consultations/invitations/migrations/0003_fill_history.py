"""What the moments of earlier invitations say becomes their history; the present state begins where it began."""

from django.db import migrations

BATCH = 1000
# State, the column of its moment, and the one cause that it could have had.
MOMENTS = [
    ("sent", "sent_at", "taken"),
    ("bounced", "bounced_at", "came_back"),
    ("opened", "opened_at", "followed"),
    ("started", "started_at", "begun"),
    ("declined", "declined_at", "no_view"),
    ("responded", "responded_at", "answered"),
    ("cancelled", "cancelled_at", "cancelled"),
]


def fill(apps, schema_editor):
    Invitation = apps.get_model("invitations", "Invitation")
    Change = apps.get_model("invitations", "InvitationChange")
    last = 0
    while True:
        rows = list(Invitation.objects.filter(pk__gt=last, changes=None).order_by("pk")[:BATCH])
        if not rows:
            return
        changes = []
        for row in rows:
            changes.append(
                Change(
                    invitation=row, at=row.created_at, state="queued", cause="invited", actor_id=row.invited_by_id
                )
            )
            for state, moment, cause in MOMENTS:
                if at := getattr(row, moment):
                    text = row.declined_reason if state == "declined" else ""
                    changes.append(Change(invitation=row, at=at, state=state, cause=cause, text=text))
            row.since = getattr(row, f"{row.state}_at", None) or row.created_at
        Change.objects.bulk_create(changes)
        Invitation.objects.bulk_update(rows, ["since"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    # In batches, each on its own: what was filled stays when the rest is interrupted.
    atomic = False

    dependencies = [("invitations", "0002_history_and_more_time")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
