"""Accounts of an identity provider, and codes on paper; the phones of the second factor are django-otp's tables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):  # type: ignore[misc]
    dependencies = (("inbox", "0002_api_tokens"),)
    operations = (
        migrations.AddField(model_name="user", name="provided",
                            field=models.CharField(max_length=64, null=True, unique=True)),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE,
                                           to=settings.AUTH_USER_MODEL)),
            ],
        ),
    )
