ALTER TABLE "orders" ADD COLUMN "trail_percent" numeric;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "extended_hours" boolean DEFAULT false NOT NULL;