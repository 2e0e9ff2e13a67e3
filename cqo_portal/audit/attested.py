"""Rows that weigh so much that the database itself asks for their event: no such row comes past the chain of events."""

import pgtrigger


def on_record(
    subject_type: str, *, column: str, said: str = "digest", among: tuple[str, str] | None = None
) -> pgtrigger.Trigger:
    """Refuses a row whose `digest` (or what else is `said`) no event of the same transaction says, about the subject that `column` names.

    `among`: where one event says it of many rows, the name it says them under and the column that tells one from another.
    """
    where = f"data -> '{among[0]}' ->> NEW.{among[1]}::text" if among else f"data ->> '{said}'"
    return pgtrigger.Trigger(
        name="on_record",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NOT EXISTS (
                SELECT 1 FROM audit_event
                WHERE subject_type = '{subject_type}' AND subject_id = NEW.{column}::text
                  AND {where} = NEW.{said}
                  AND transaction = pg_current_xact_id()::text::bigint
            ) THEN
                RAISE EXCEPTION '% was written without a record', TG_TABLE_NAME;
            END IF;
            RETURN NEW;
        """,  # noqa: S608 -- the label of a model of ours
    )
