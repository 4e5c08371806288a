"""The step that partitions a server's facts by month, for logs that are new and for those that are full."""

from __future__ import annotations

M005_PARTITIONS = """
    DO $step$
    DECLARE
        until TIMESTAMP := date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month';
        ms BIGINT := extract(epoch FROM until) * 1000;
        bound TEXT := lpad(to_hex(ms >> 16), 8, '0') || '-' || lpad(to_hex(ms & 65535), 4, '0');
        age TEXT := to_char(until, '"_before_"YYYY_MM');
        fact RECORD; old TEXT; other TEXT; said TEXT; again TEXT[]; filled BOOLEAN;
    BEGIN
        FOR fact IN
            SELECT k.name, k.key, c.oid, c.relowner::regrole AS owner, c.relacl AS rights
            FROM (
                VALUES ('operations', 'id'), ('attempts', 'operation_id'), ('bodies', 'operation_id')
            ) AS k (name, key) JOIN pg_class c ON c.oid = to_regclass(k.name)
        LOOP
            old := fact.name || age;
            other := fact.name || '_other';
            SELECT array_agg(sentence ORDER BY place) INTO again FROM (
                SELECT 1, format('ALTER TABLE %I OWNER TO %s', name, fact.owner)
                    FROM unnest(ARRAY[fact.name, other]) AS name
                UNION ALL SELECT 2, format(
                    'GRANT %s ON %I TO %s%s', privilege_type, fact.name,
                    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
                    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
                ) FROM aclexplode(fact.rights)
                UNION ALL SELECT 3, format('ALTER TABLE %I ADD %s', fact.name, pg_get_constraintdef(oid))
                    FROM pg_constraint WHERE conrelid = fact.oid AND contype = 'p'
                UNION ALL SELECT 4, pg_get_indexdef(indexrelid) FROM pg_index
                    WHERE indrelid = fact.oid AND NOT indisprimary
                UNION SELECT 5, format(
                    'CREATE OR REPLACE VIEW %s%s AS %s', v.oid::regclass,
                    COALESCE(' WITH (' || array_to_string(v.reloptions, ', ') || ')', ''), pg_get_viewdef(v.oid)
                ) FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
                    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                    AND d.refobjid = fact.oid AND v.relkind = 'v'
            ) AS sentences (place, sentence);
            EXECUTE format('ALTER TABLE %I RENAME TO %I', fact.name, old);
            FOR said IN SELECT indexrelid::regclass FROM pg_index WHERE indrelid = fact.oid LOOP
                EXECUTE format('ALTER INDEX %s RENAME TO %I', said, split_part(said, '.', -1) || age);
            END LOOP;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING INDEXES) PARTITION BY RANGE (%I)',
                fact.name, old, fact.key);
            EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', other, fact.name);
            EXECUTE format(
                'WITH moved AS (DELETE FROM %I WHERE %I >= %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                old, fact.key, bound, other);
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', old) INTO filled;
            IF filled THEN
                EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)',
                    fact.name, old, bound);
            END IF;
            FOREACH said IN ARRAY again LOOP
                EXECUTE said;
            END LOOP;
            IF NOT filled THEN
                EXECUTE format('DROP TABLE %I', old);
            END IF;
        END LOOP;
    END $step$
"""
"""Facts by the month of their ids. What was there becomes the first partition as it is; what is no UUIDv7, or newer
than its month, goes to the default one. The new tables have the owner, rights and indexes of the old, and views read
them."""
