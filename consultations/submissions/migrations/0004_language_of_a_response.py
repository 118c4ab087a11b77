from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0003_texts_of_entries"),
    ]

    operations = [
        migrations.AddField(
            model_name="response",
            name="language",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
    ]
