from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("surveys", "0004_more_kinds_and_repeated_pages"),
    ]

    operations = [
        migrations.AddField(
            model_name="translation",
            name="source",
            field=models.TextField(blank=True, default=""),
        ),
    ]
