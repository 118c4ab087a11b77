"""What becomes of responses in progress, the library of questions, and what was deleted from a draft.

Adding a column remakes the table on SQLite, which loses the trigger that freezes versions: it is made again here.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQLITE = """
CREATE TRIGGER surveys_version_is_frozen
BEFORE UPDATE OF definition, sha256, number, survey_id ON surveys_surveyversion
BEGIN
  SELECT RAISE(ABORT, 'A published version of a survey cannot be changed.');
END
"""


def freeze_again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS surveys_version_is_frozen")
        schema_editor.execute(SQLITE)


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0002_versions_are_frozen'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='surveyversion',
            name='drafts',
            field=models.CharField(choices=[('stay', 'They are finished in the version they were begun in'), ('move', 'They move to the new version, and what it asks anew is marked')], default='stay', max_length=4),
        ),
        migrations.CreateModel(
            name='LibraryQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('code', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(max_length=20)),
                ('label', models.TextField()),
                ('topic', models.CharField(blank=True, default='', max_length=80)),
                ('language', models.CharField(default='en', max_length=40)),
                ('document', models.JSONField()),
                ('translations', models.JSONField(blank=True, default=dict)),
                ('origin', models.CharField(blank=True, default='', max_length=300)),
                ('saved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['topic', 'label', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Removal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('page', 'Page'), ('question', 'Question')], max_length=8)),
                ('label', models.TextField()),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('document', models.JSONField()),
                ('translations', models.JSONField(blank=True, default=dict)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='removals', to='surveys.survey')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.RunPython(freeze_again, freeze_again),
    ]
