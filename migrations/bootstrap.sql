-- Run before the numbered migrations, by a role that may create roles; every statement can be repeated.
-- som_owner owns the tables, som_app is what the server works as (no bypass of row security, no DDL), som_backup only reads.
do $$
begin
    if not exists (select from pg_roles where rolname = 'som_owner') then
        create role som_owner nologin nobypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'som_app') then
        create role som_app login nobypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'som_backup') then
        create role som_backup login nobypassrls;
    end if;
exception when duplicate_object or unique_violation then
    null; -- another database of this cluster was set up at the same moment
end
$$;
do $$
begin
    execute format('grant som_owner to %I', current_user);
    execute format('grant som_app to %I', current_user);
    execute format('grant create, connect, temporary on database %I to som_owner', current_database());
    execute format('grant connect on database %I to som_app, som_backup', current_database());
end
$$;
grant usage, create on schema public to som_owner;
grant usage on schema public to som_app, som_backup;
alter default privileges for role som_owner in schema public grant select, insert, update, delete on tables to som_app;
alter default privileges for role som_owner in schema public grant usage, select on sequences to som_app;
alter default privileges for role som_owner in schema public grant select on tables to som_backup;
alter default privileges for role som_owner in schema public grant select on sequences to som_backup;
-- Row security lets an index answer only for functions that are known not to tell what they looked at. PostgreSQL does not say so of text search
-- and of comparing numbers, though their errors never show a row's value: without this every search would read the whole table (adr/0010).
-- It holds for this database only, and needs a superuser; `som doctor` says when it is missing.
do $$
declare
    f text;
begin
    if (select rolsuper from pg_roles where rolname = current_user) then
        foreach f in array array['textlike(text, text)', 'texticlike(text, text)', 'textnlike(text, text)', 'upper(text)', 'lower(text)',
            'starts_with(text, text)', 'numeric_eq(numeric, numeric)', 'numeric_lt(numeric, numeric)', 'numeric_le(numeric, numeric)',
            'numeric_gt(numeric, numeric)', 'numeric_ge(numeric, numeric)'] loop
            execute format('alter function pg_catalog.%s leakproof', f);
        end loop;
    end if;
end
$$;
