"""The first schema, written out: it does not change when the models do.

Outcomes and audit entries are immutable: triggers make the database itself refuse to change them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(length=36)
_MOMENT = sa.DateTime(timezone=True)
_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_IMMUTABLE = ("outcomes", "audit_entries")
_TABLES = (
    "assignment_state",
    "attempts",
    "audit_entries",
    "branches",
    "outcome_reviews",
    "plans",
    "reassignments",
    "rotation_proposals",
    "users",
    "console_sessions",
    "imports",
    "ledger_mappings",
    "running_imports",
    "territories",
    "towns",
    "user_branches",
    "import_changes",
    "import_rows",
    "merges",
    "place_doubts",
    "rows_to_mend",
    "teams",
    "villages",
    "households",
    "people",
    "place_candidates",
    "placings",
    "drawn_problems",
    "plan_days",
    "published_days",
    "routes",
    "shifts",
    "village_aliases",
    "devices",
    "enrolments",
    "familiarities",
    "obligors",
    "placements",
    "shift_past",
    "shift_people",
    "stops",
    "unplanned",
    "accounts",
    "outcomes",
    "tokens",
    "guarantees",
)


def upgrade() -> None:
    """Create every table, the triggers, and the one row that versions who works where."""
    op.create_table(
        "assignment_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assignment_state"),
    )

    op.create_table(
        "attempts",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "window", name="pk_attempts"),
    )

    op.create_table(
        "audit_entries",
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String()),
        sa.Column("detail", _DOCUMENT, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_action", "audit_entries", ["action"])
    op.create_index("ix_audit_entries_by", "audit_entries", ["by"])
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject"])

    op.create_table(
        "branches",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lat", sa.Double()),
        sa.Column("lon", sa.Double()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_branches"),
        sa.UniqueConstraint("code", name="uq_branches_code"),
    )

    op.create_table(
        "outcome_reviews",
        sa.Column("outcome_id", _ID, nullable=False),
        sa.Column("household_id", _ID),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("content", _DOCUMENT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("device_id", _ID, nullable=False),
        sa.Column("settled_at", _MOMENT),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outcome_reviews"),
    )
    op.create_index("ix_outcome_reviews_household_id", "outcome_reviews", ["household_id"])
    op.create_index("ix_outcome_reviews_outcome_id", "outcome_reviews", ["outcome_id"])

    op.create_table(
        "plans",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("territories", _DOCUMENT, nullable=False),
        sa.Column("branches", _DOCUMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("progress", _DOCUMENT, nullable=False),
        sa.Column("figures", _DOCUMENT, nullable=False),
        sa.Column("rules", _DOCUMENT, nullable=False),
        sa.Column("options", _DOCUMENT, nullable=False),
        sa.Column("error", _DOCUMENT),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("started_at", _MOMENT),
        sa.Column("finished_at", _MOMENT),
        sa.Column("heartbeat_at", _MOMENT),
        sa.Column("published_at", _MOMENT),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.UniqueConstraint("number", name="uq_plans_number"),
    )
    op.create_index("ix_plans_status", "plans", ["status"])

    op.create_table(
        "reassignments",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("request", _DOCUMENT, nullable=False),
        sa.Column("impact", _DOCUMENT, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reassignments"),
        sa.UniqueConstraint("version", name="uq_reassignments_version"),
    )

    op.create_table(
        "rotation_proposals",
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("assignment_version", sa.Integer(), nullable=False),
        sa.Column("request", _DOCUMENT, nullable=False),
        sa.Column("result", _DOCUMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rotation_proposals"),
    )

    op.create_table(
        "users",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("language", sa.String()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("pseudonym", name="uq_users_pseudonym"),
        sa.UniqueConstraint("username", name="uq_users_username"),
    )

    op.create_table(
        "console_sessions",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_console_sessions_user_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_console_sessions"),
    )
    op.create_index("ix_console_sessions_user_id", "console_sessions", ["user_id"])

    op.create_table(
        "imports",
        sa.Column("branch_id", _ID),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("encoding", sa.String()),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("finished_at", _MOMENT),
        sa.Column("rows", _DOCUMENT, nullable=False),
        sa.Column("problems", _DOCUMENT, nullable=False),
        sa.Column("columns", _DOCUMENT, nullable=False),
        sa.Column("notices", _DOCUMENT, nullable=False),
        sa.Column("reasons", _DOCUMENT, nullable=False),
        sa.Column("branches", _DOCUMENT, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_imports_branch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_branch_id", "imports", ["branch_id"])

    op.create_table(
        "running_imports",
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("beat_at", _MOMENT, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_running_imports"),
    )

    op.create_table(
        "ledger_mappings",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mapping", _DOCUMENT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_ledger_mappings_branch_id"),
        sa.PrimaryKeyConstraint("branch_id", "source", name="pk_ledger_mappings"),
    )

    op.create_table(
        "territories",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_territories_branch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_territories"),
        sa.UniqueConstraint("branch_id", "name", name="uq_territories_branch_id_name"),
    )
    op.create_index("ix_territories_branch_id", "territories", ["branch_id"])

    op.create_table(
        "towns",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_towns_branch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_towns"),
        sa.UniqueConstraint("branch_id", "match_key", name="uq_towns_branch_id_match_key"),
    )
    op.create_index("ix_towns_branch_id", "towns", ["branch_id"])

    op.create_table(
        "user_branches",
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("branch_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_user_branches_branch_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_branches_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "branch_id", name="pk_user_branches"),
    )

    op.create_table(
        "import_changes",
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", _ID, nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("before", _DOCUMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_changes_import_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "kind", "row_id", name="pk_import_changes"),
    )

    op.create_table(
        "import_rows",
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("account_id", sa.String()),
        sa.Column("before", _DOCUMENT),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_rows_import_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "row", name="pk_import_rows"),
    )

    op.create_table(
        "merges",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_id", _ID, nullable=False),
        sa.Column("second_id", _ID, nullable=False),
        sa.Column("pair", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("facts", _DOCUMENT, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("moved", _DOCUMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("settled_by", sa.String()),
        sa.Column("settled_at", _MOMENT),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_merges_branch_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_merges_import_id"),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
        sa.UniqueConstraint("branch_id", "pair", name="uq_merges_branch_id_pair"),
    )
    op.create_index("ix_merges_branch_status", "merges", ["branch_id", "status"])
    op.create_index("ix_merges_first_id", "merges", ["first_id"])
    op.create_index("ix_merges_second_id", "merges", ["second_id"])

    op.create_table(
        "place_doubts",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("subject_id", _ID, nullable=False),
        sa.Column("household_id", _ID),
        sa.Column("village_id", _ID),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("facts", _DOCUMENT, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("import_id", _ID),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("before", _DOCUMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("settled_by", sa.String()),
        sa.Column("settled_at", _MOMENT),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_place_doubts_branch_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_place_doubts_import_id"),
        sa.PrimaryKeyConstraint("id", name="pk_place_doubts"),
        sa.UniqueConstraint("subject_id", "code", name="uq_place_doubts_subject_id_code"),
    )
    op.create_index("ix_place_doubts_branch_status", "place_doubts", ["branch_id", "status"])
    op.create_index("ix_place_doubts_village_id", "place_doubts", ["village_id"])

    op.create_table(
        "rows_to_mend",
        sa.Column("branch_id", _ID),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("loan", sa.String()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("problems", _DOCUMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("mended_by", _ID),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("settled_by", sa.String()),
        sa.Column("settled_at", _MOMENT),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_rows_to_mend_branch_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_rows_to_mend_import_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mended_by"], ["imports.id"], name="fk_rows_to_mend_mended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_rows_to_mend"),
    )
    op.create_index("ix_rows_to_mend_branch_status", "rows_to_mend", ["branch_id", "status"])
    op.create_index("ix_rows_to_mend_by", "rows_to_mend", ["by"])
    op.create_index("ix_rows_to_mend_import_id", "rows_to_mend", ["import_id"])
    op.create_index("ix_rows_to_mend_mended_by", "rows_to_mend", ["mended_by"])

    op.create_table(
        "teams",
        sa.Column("territory_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name="fk_teams_territory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("territory_id", "name", name="uq_teams_territory_id_name"),
    )
    op.create_index("ix_teams_territory_id", "teams", ["territory_id"])

    op.create_table(
        "villages",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("territory_id", _ID),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("admin_village", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("lat", sa.Double()),
        sa.Column("lon", sa.Double()),
        sa.Column("datum", sa.String()),
        sa.Column("place_source", sa.String()),
        sa.Column("place_accuracy", sa.Integer()),
        sa.Column("placed_at", _MOMENT),
        sa.Column("arrival_minutes", sa.Integer(), nullable=False),
        sa.Column("market_days", _DOCUMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_villages_branch_id"),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name="fk_villages_territory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_villages"),
        sa.UniqueConstraint("branch_id", "match_key", name="uq_villages_branch_id_match_key"),
    )
    op.create_index("ix_villages_branch_id", "villages", ["branch_id"])
    op.create_index("ix_villages_territory_id", "villages", ["territory_id"])

    op.create_table(
        "households",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("village_id", _ID),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("lat", sa.Double()),
        sa.Column("lon", sa.Double()),
        sa.Column("datum", sa.String()),
        sa.Column("place_source", sa.String()),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("availability", sa.String(), nullable=False),
        sa.Column("focus", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.String()),
        sa.Column("paused_at", _MOMENT),
        sa.Column("facts", _DOCUMENT, nullable=False),
        sa.Column("merged_into_id", _ID),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_households_branch_id"),
        sa.ForeignKeyConstraint(["merged_into_id"], ["households.id"], name="fk_households_merged_into_id"),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name="fk_households_village_id"),
        sa.PrimaryKeyConstraint("id", name="pk_households"),
        sa.UniqueConstraint("branch_id", "match_key", name="uq_households_branch_id_match_key"),
    )
    op.create_index("ix_households_branch_id", "households", ["branch_id"])
    op.create_index("ix_households_merged_into_id", "households", ["merged_into_id"])
    op.create_index("ix_households_village_id", "households", ["village_id"])

    op.create_table(
        "people",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("staff_number", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("home_village_id", _ID),
        sa.Column("phone_sealed", sa.LargeBinary()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_people_branch_id"),
        sa.ForeignKeyConstraint(["home_village_id"], ["villages.id"], name="fk_people_home_village_id"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("pseudonym", name="uq_people_pseudonym"),
        sa.UniqueConstraint("staff_number", name="uq_people_staff_number"),
    )
    op.create_index("ix_people_branch_id", "people", ["branch_id"])

    op.create_table(
        "place_candidates",
        sa.Column("village_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("within", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("datum", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["village_id"], ["villages.id"], name="fk_place_candidates_village_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_place_candidates"),
    )
    op.create_index("ix_place_candidates_village_id", "place_candidates", ["village_id"])

    op.create_table(
        "placings",
        sa.Column("village_id", _ID, nullable=False),
        sa.Column("before", _DOCUMENT, nullable=False),
        sa.Column("source", sa.String()),
        sa.Column("household_id", _ID),
        sa.Column("undone_at", _MOMENT),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_placings_household_id"),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name="fk_placings_village_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_placings"),
    )
    op.create_index("ix_placings_household_id", "placings", ["household_id"])
    op.create_index("ix_placings_village_id", "placings", ["village_id"])

    op.create_table(
        "drawn_problems",
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("territory_id", _ID, nullable=False),
        sa.Column("problem", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_drawn_problems_plan_id"),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name="fk_drawn_problems_territory_id"),
        sa.PrimaryKeyConstraint("plan_id", "territory_id", name="pk_drawn_problems"),
    )

    op.create_table(
        "plan_days",
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_plan_days_plan_id"),
        sa.PrimaryKeyConstraint("plan_id", "date", name="pk_plan_days"),
    )
    op.create_index("ix_plan_days_date", "plan_days", ["date"])

    op.create_table(
        "published_days",
        sa.Column("team_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_published_days_team_id"),
        sa.PrimaryKeyConstraint("team_id", "date", "language", name="pk_published_days"),
    )
    op.create_index("ix_published_days_plan_id", "published_days", ["plan_id"])

    op.create_table(
        "routes",
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("team_id", _ID, nullable=False),
        sa.Column("territory_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("rest_start", sa.Integer()),
        sa.Column("rest_seconds", sa.Integer(), nullable=False),
        sa.Column("drive_seconds", sa.Integer(), nullable=False),
        sa.Column("walk_seconds", sa.Integer(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("from_place", _DOCUMENT, nullable=False),
        sa.Column("to_place", _DOCUMENT, nullable=False),
        sa.Column("line_back", sa.String()),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_routes_plan_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_routes_team_id"),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name="fk_routes_territory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_routes"),
        sa.UniqueConstraint("plan_id", "team_id", "date", name="uq_routes_plan_id_team_id_date"),
    )
    op.create_index("ix_routes_plan_id", "routes", ["plan_id"])

    op.create_table(
        "shifts",
        sa.Column("team_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("overtime_minutes", sa.Integer(), nullable=False),
        sa.Column("rest", _DOCUMENT),
        sa.Column("from_place", _DOCUMENT, nullable=False),
        sa.Column("to_place", _DOCUMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_shifts_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shifts"),
        sa.UniqueConstraint("team_id", "date", name="uq_shifts_team_id_date"),
    )
    op.create_index("ix_shifts_date", "shifts", ["date"])
    op.create_index("ix_shifts_team_id", "shifts", ["team_id"])

    op.create_table(
        "village_aliases",
        sa.Column("village_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["village_id"], ["villages.id"], name="fk_village_aliases_village_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("village_id", "name", name="pk_village_aliases"),
    )

    op.create_table(
        "devices",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("last_seen_at", _MOMENT),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_devices_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
    )
    op.create_index("ix_devices_person_id", "devices", ["person_id"])

    op.create_table(
        "enrolments",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_enrolments_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolments"),
        sa.UniqueConstraint("code_hash", name="uq_enrolments_code_hash"),
    )
    op.create_index("ix_enrolments_person_id", "enrolments", ["person_id"])

    op.create_table(
        "familiarities",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("village_id", _ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_familiarities_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["village_id"], ["villages.id"], name="fk_familiarities_village_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "village_id", name="pk_familiarities"),
    )
    op.create_index("ix_familiarities_village_id", "familiarities", ["village_id"])

    op.create_table(
        "obligors",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("household_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary()),
        sa.Column("id_number_index", sa.String()),
        sa.Column("phone_sealed", sa.LargeBinary()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_obligors_branch_id"),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_obligors_household_id"),
        sa.PrimaryKeyConstraint("id", name="pk_obligors"),
        sa.UniqueConstraint("branch_id", "match_key", name="uq_obligors_branch_id_match_key"),
    )
    op.create_index("ix_obligors_branch_id", "obligors", ["branch_id"])
    op.create_index("ix_obligors_household_id", "obligors", ["household_id"])
    op.create_index("ix_obligors_id_number_index", "obligors", ["id_number_index"])

    op.create_table(
        "placements",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("territory_id", _ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("handover", sa.Boolean(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_placements_person_id"),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name="fk_placements_territory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_placements"),
    )
    op.create_index("ix_placements_person_id", "placements", ["person_id"])
    op.create_index("ix_placements_territory_days", "placements", ["territory_id", "starts_on"])

    op.create_table(
        "shift_past",
        sa.Column("team_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_shift_past_person_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_shift_past_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shift_past"),
    )
    op.create_index("ix_shift_past_person_date", "shift_past", ["person_id", "date"])

    op.create_table(
        "shift_people",
        sa.Column("shift_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_shift_people_person_id"),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name="fk_shift_people_shift_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shift_id", "person_id", name="pk_shift_people"),
        sa.UniqueConstraint("person_id", "date", name="uq_shift_people_person_id_date"),
    )

    op.create_table(
        "stops",
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("route_id", _ID, nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("household_id", _ID, nullable=False),
        sa.Column("village_id", _ID),
        sa.Column("arrival", sa.Integer(), nullable=False),
        sa.Column("leave", sa.Integer(), nullable=False),
        sa.Column("travel_seconds", sa.Integer(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("line", sa.String()),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("reasons", _DOCUMENT, nullable=False),
        sa.Column("lat", sa.Double()),
        sa.Column("lon", sa.Double()),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("withdrawn_at", _MOMENT),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_stops_household_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_stops_plan_id"),
        sa.ForeignKeyConstraint(["route_id"], ["routes.id"], name="fk_stops_route_id"),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name="fk_stops_village_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stops"),
        sa.UniqueConstraint("route_id", "order", name="uq_stops_route_id_order"),
    )
    op.create_index("ix_stops_household_id", "stops", ["household_id"])
    op.create_index("ix_stops_plan_id", "stops", ["plan_id"])
    op.create_index("ix_stops_route_id", "stops", ["route_id"])
    op.create_index("ix_stops_village_id", "stops", ["village_id"])

    op.create_table(
        "unplanned",
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("household_id", _ID, nullable=False),
        sa.Column("village_id", _ID),
        sa.Column("territory_id", _ID),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("facts", _DOCUMENT, nullable=False),
        sa.Column("reasons", _DOCUMENT, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_unplanned_household_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_unplanned_plan_id"),
        sa.ForeignKeyConstraint(["territory_id"], ["territories.id"], name="fk_unplanned_territory_id"),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name="fk_unplanned_village_id"),
        sa.PrimaryKeyConstraint("id", name="pk_unplanned"),
        sa.UniqueConstraint(
            "plan_id", "household_id", "from_date", name="uq_unplanned_plan_id_household_id_from_date"
        ),
    )
    op.create_index("ix_unplanned_plan_id", "unplanned", ["plan_id"])

    op.create_table(
        "accounts",
        sa.Column("branch_id", _ID, nullable=False),
        sa.Column("household_id", _ID, nullable=False),
        sa.Column("obligor_id", _ID, nullable=False),
        sa.Column("loan_number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("principal", sa.BigInteger()),
        sa.Column("outstanding", sa.BigInteger(), nullable=False),
        sa.Column("overdue_interest", sa.BigInteger()),
        sa.Column("five_tier_class", sa.String()),
        sa.Column("overdue_days", sa.Integer()),
        sa.Column("loan_date", sa.Date()),
        sa.Column("due_date", sa.Date()),
        sa.Column("last_collection_date", sa.Date()),
        sa.Column("claimed_limitation", sa.Date()),
        sa.Column("guarantee_kind", sa.String()),
        sa.Column("officer", sa.String()),
        sa.Column("granted_by_id", _ID),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("missing_at", _MOMENT),
        sa.Column("settlement", sa.String()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name="fk_accounts_branch_id"),
        sa.ForeignKeyConstraint(["granted_by_id"], ["people.id"], name="fk_accounts_granted_by_id"),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_accounts_household_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_accounts_import_id"),
        sa.ForeignKeyConstraint(["obligor_id"], ["obligors.id"], name="fk_accounts_obligor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("branch_id", "loan_number", name="uq_accounts_branch_id_loan_number"),
    )
    op.create_index("ix_accounts_branch_id", "accounts", ["branch_id"])
    op.create_index("ix_accounts_household_id", "accounts", ["household_id"])
    op.create_index("ix_accounts_obligor_id", "accounts", ["obligor_id"])
    op.create_index("ix_accounts_status", "accounts", ["status"])

    op.create_table(
        "outcomes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("content", _DOCUMENT, nullable=False),
        sa.Column("household_id", _ID, nullable=False),
        sa.Column("stop_id", _ID),
        sa.Column("team_id", _ID),
        sa.Column("plan_version", sa.Integer()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("device_time", _MOMENT, nullable=False),
        sa.Column("server_time", _MOMENT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("device_id", _ID, nullable=False),
        sa.Column("promise_on", sa.Date()),
        sa.Column("promise_amount", sa.BigInteger()),
        sa.Column("paid_amount", sa.BigInteger()),
        sa.Column("replaces", _ID),
        sa.Column("flags", _DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_outcomes_device_id"),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_outcomes_household_id"),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name="fk_outcomes_stop_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_outcomes_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outcomes"),
    )
    op.create_index("ix_outcomes_household_device_time", "outcomes", ["household_id", "device_time"])
    op.create_index("ix_outcomes_stop_id", "outcomes", ["stop_id"])

    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("family", _ID, nullable=False),
        sa.Column("parent", sa.String()),
        sa.Column("user_id", _ID),
        sa.Column("device_id", _ID),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("rotated_at", _MOMENT),
        sa.Column("used_at", _MOMENT),
        sa.Column("revoked_at", _MOMENT),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_tokens_device_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tokens_user_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_tokens"),
    )
    op.create_index("ix_tokens_device_id", "tokens", ["device_id"])
    op.create_index("ix_tokens_family", "tokens", ["family"])
    op.create_index("ix_tokens_parent", "tokens", ["parent"])
    op.create_index("ix_tokens_user_id", "tokens", ["user_id"])

    op.create_table(
        "guarantees",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("obligor_id", _ID, nullable=False),
        sa.Column("kind", sa.String()),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_guarantees_account_id"),
        sa.ForeignKeyConstraint(["obligor_id"], ["obligors.id"], name="fk_guarantees_obligor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_guarantees"),
        sa.UniqueConstraint("account_id", "obligor_id", name="uq_guarantees_account_id_obligor_id"),
    )
    op.create_index("ix_guarantees_account_id", "guarantees", ["account_id"])
    op.create_index("ix_guarantees_obligor_id", "guarantees", ["obligor_id"])
    for table in _IMMUTABLE:
        _make_immutable(table)
    op.execute("INSERT INTO assignment_state (id, version) VALUES (1, 1)")


def downgrade() -> None:
    """Drop everything."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in _IMMUTABLE:
            op.execute(f"DROP FUNCTION {table}_immutable()")


def _make_immutable(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are immutable'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_immutable() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} are immutable'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_immutable()"
    )
