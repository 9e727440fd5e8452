ALTER TABLE "messages" ALTER COLUMN "reference" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "begun_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "queued_at" timestamp(3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "approvals_at" ON "approvals" USING btree ("at","id");