CREATE TABLE "group_results" (
	"span" text NOT NULL,
	"start" date NOT NULL,
	"grouping" text NOT NULL,
	"name" text NOT NULL,
	"realized_pnl" numeric NOT NULL,
	"fees" numeric NOT NULL,
	"wins" integer NOT NULL,
	"trades" integer NOT NULL,
	CONSTRAINT "group_results_span_start_grouping_name_pk" PRIMARY KEY("span","start","grouping","name")
);
--> statement-breakpoint
-- Trades that were closed before this table was there.
INSERT INTO "group_results" ("span", "start", "grouping", "name", "realized_pnl", "fees", "wins", "trades")
SELECT s."span", date_trunc(s."span", c."date")::date, g."grouping", g."name",
	sum(c."realized_pnl"), sum(c."fees"), count(*) FILTER (WHERE c."realized_pnl" > c."fees"), count(*)
FROM "closed_positions" c
CROSS JOIN (VALUES ('day'), ('month'), ('year')) AS s ("span")
CROSS JOIN LATERAL (VALUES ('symbol', c."symbol"), ('category', coalesce(c."category", 'none'))) AS g ("grouping", "name")
GROUP BY 1, 2, 3, 4;
