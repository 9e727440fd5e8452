CREATE TABLE "hindsights" (
	"id" text PRIMARY KEY NOT NULL,
	"proposal_id" text NOT NULL,
	"horizon" text NOT NULL,
	"price" numeric,
	"move_percent" numeric,
	"pnl" numeric,
	"exit" text,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "revised_by" text;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "first_approval" jsonb;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "snoozed_by" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "remind_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "escalations" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "measured" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "measure_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE INDEX "hindsights_proposal" ON "hindsights" USING btree ("proposal_id");--> statement-breakpoint
CREATE INDEX "proposals_remind" ON "proposals" USING btree ("remind_at","id") WHERE remind_at is not null;--> statement-breakpoint
CREATE INDEX "proposals_measure" ON "proposals" USING btree ("measure_at","id") WHERE measure_at is not null;