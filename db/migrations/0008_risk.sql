ALTER TABLE "proposals" ADD COLUMN "warnings" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "portfolio_snapshots_equity" ON "portfolio_snapshots" USING btree ("equity");