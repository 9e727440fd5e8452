ALTER TABLE "inbox" ADD COLUMN "raw" jsonb;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "status_word" text;--> statement-breakpoint
CREATE INDEX "inbox_raw" ON "inbox" USING btree ("source","seen_at") WHERE raw is not null;