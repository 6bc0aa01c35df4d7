"""The rules that the database itself keeps, in the words of each engine, for migrations to put together.

A function that a released migration uses is never changed: a new rule is a new function.
"""

from typing import Final

DATE_FORMS: Final = ("dddd", "dddd-dd", "dddd-dd-dd")
FOREVER: Final = "records and log entries are added, never changed or removed"


def is_date(column: str, engine: str) -> str:
    """SQL: empty, or YYYY, YYYY-MM or YYYY-MM-DD with a month up to 12 and a day up to 31."""
    if engine == "postgresql":
        return f"{column} ~ '^([0-9]{{4}}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$'"
    globs = " OR ".join(f"{column} GLOB '{form.replace('d', '[0-9]')}'" for form in DATE_FORMS)
    month = f"(length({column}) < 7 OR substr({column}, 6, 2) BETWEEN '01' AND '12')"
    day = f"(length({column}) < 10 OR substr({column}, 9, 2) BETWEEN '01' AND '31')"
    return f"{column} = '' OR (({globs}) AND {month} AND {day})"


def is_sha256(column: str, engine: str) -> str:
    """SQL: 64 lower-case hex digits."""
    if engine == "postgresql":
        return f"{column} ~ '^[0-9a-f]{{64}}$'"
    return f"length({column}) = 64 AND {column} NOT GLOB '*[^0-9a-f]*'"


def byte_length(column: str, engine: str) -> str:
    """SQL: the length of bytes."""
    return f"octet_length({column})" if engine == "postgresql" else f"length({column})"


def keep_for_ever(table: str, engine: str) -> list[str]:
    """Statements after which no row of `table` can be changed or removed."""
    if engine == "postgresql":
        return [
            f"""
            CREATE OR REPLACE FUNCTION tacenda_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{FOREVER}' USING ERRCODE = 'TC001'; END $$
            """,
            f"""
            CREATE TRIGGER {table}_keep_rows BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION tacenda_refuse()
            """,
            f"""
            CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION tacenda_refuse()
            """,
        ]
    return [
        f"""
        CREATE TRIGGER {table}_keep_{act.lower()} BEFORE {act} ON {table}
        BEGIN SELECT RAISE(ABORT, '{FOREVER}'); END
        """
        for act in ("UPDATE", "DELETE")
    ]


def gapless(table: str, column: str, engine: str) -> list[str]:
    """Statements after which `column` of `table` counts 0, 1, 2 ... without a gap, each checked as it comes."""
    follows = f"NEW.{column} <> (SELECT coalesce(max({column}) + 1, 0) FROM {table})"  # noqa: S608 - names of ours
    if engine == "postgresql":
        return [
            f"""
            CREATE FUNCTION tacenda_{table}_gapless() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN
                IF {follows} THEN RAISE EXCEPTION 'the log has no gaps' USING ERRCODE = 'TC001'; END IF;
                RETURN NEW;
            END $$
            """,
            f"""
            CREATE TRIGGER {table}_gapless BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION tacenda_{table}_gapless()
            """,
        ]
    return [
        f"""
        CREATE TRIGGER {table}_gapless BEFORE INSERT ON {table} WHEN {follows}
        BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END
        """
    ]
