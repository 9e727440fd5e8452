CREATE TABLE "alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"stream_version" integer NOT NULL,
	"source_id" text NOT NULL,
	"source" text NOT NULL,
	"symbol" text NOT NULL,
	"headline" text NOT NULL,
	"summary" text,
	"category" text,
	"side" text NOT NULL,
	"confidence" double precision NOT NULL,
	"catalyst_score" double precision NOT NULL,
	"factors" jsonb NOT NULL,
	"entry_price" text,
	"stop_loss" text,
	"take_profit" text,
	"url" text,
	"published_at" timestamp(3) with time zone NOT NULL,
	"status" text NOT NULL,
	"received_at" timestamp(3) with time zone NOT NULL,
	"reason" text,
	"proposal_id" text
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"id" text PRIMARY KEY NOT NULL,
	"proposal_id" text NOT NULL,
	"outcome" text NOT NULL,
	"version" integer,
	"quantity" numeric,
	"by" text NOT NULL,
	"reason" text,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "closed_positions" (
	"position_id" text PRIMARY KEY NOT NULL,
	"stream_version" integer NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"quantity" numeric NOT NULL,
	"entry_price" numeric NOT NULL,
	"exit_price" numeric NOT NULL,
	"realized_pnl" numeric NOT NULL,
	"fees" numeric NOT NULL,
	"mae" numeric NOT NULL,
	"mfe" numeric NOT NULL,
	"exit_reason" text NOT NULL,
	"category" text,
	"opened_at" timestamp(3) with time zone NOT NULL,
	"closed_at" timestamp(3) with time zone NOT NULL,
	"proposal_id" text,
	"date" date NOT NULL
);
--> statement-breakpoint
CREATE TABLE "day_results" (
	"date" date PRIMARY KEY NOT NULL,
	"realized_pnl" numeric NOT NULL,
	"fees" numeric NOT NULL,
	"wins" integer NOT NULL,
	"losses" integer NOT NULL,
	"trades" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"kind" text NOT NULL,
	"stream_id" text NOT NULL,
	"version" integer NOT NULL,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"actor" text NOT NULL,
	"correlation_id" text NOT NULL,
	"causation_id" text,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "events_stream_version" UNIQUE("stream","version")
);
--> statement-breakpoint
CREATE TABLE "execution_log" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"event" text NOT NULL,
	"latency_ms" bigint,
	"slippage" numeric,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fills" (
	"execution_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"quantity" numeric NOT NULL,
	"price" numeric NOT NULL,
	"fees" numeric NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"source" text NOT NULL,
	"key" text NOT NULL,
	"seen_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_source_key_pk" PRIMARY KEY("source","key")
);
--> statement-breakpoint
CREATE TABLE "key_value" (
	"namespace" text NOT NULL,
	"key" text NOT NULL,
	"value" jsonb NOT NULL,
	CONSTRAINT "key_value_namespace_key_pk" PRIMARY KEY("namespace","key")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"chat" text NOT NULL,
	"card_key" text NOT NULL,
	"reference" text NOT NULL,
	CONSTRAINT "messages_chat_card_key_pk" PRIMARY KEY("chat","card_key")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" text PRIMARY KEY NOT NULL,
	"stream_version" integer NOT NULL,
	"client_order_id" text NOT NULL,
	"broker_order_id" text,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"type" text NOT NULL,
	"role" text NOT NULL,
	"status" text NOT NULL,
	"quantity" numeric NOT NULL,
	"limit_price" numeric,
	"stop_price" numeric,
	"time_in_force" text NOT NULL,
	"bracket_stop_loss" numeric,
	"bracket_take_profit" numeric,
	"proposal_id" text,
	"position_id" text,
	"parent_id" text,
	"filled_quantity" numeric NOT NULL,
	"filled_average_price" numeric,
	"fees" numeric NOT NULL,
	"send_count" integer NOT NULL,
	"executions" jsonb NOT NULL,
	"reason" text,
	"expected_price" numeric,
	"prepared_at" timestamp(3) with time zone NOT NULL,
	"submitted_at" timestamp(3) with time zone,
	"accepted_at" timestamp(3) with time zone,
	"ended_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"chat" text NOT NULL,
	"card_key" text NOT NULL,
	"card" jsonb,
	"mention" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp(3) with time zone,
	"problem" text
);
--> statement-breakpoint
CREATE TABLE "portfolio_snapshots" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"equity" numeric NOT NULL,
	"cash" numeric NOT NULL,
	"long_value" numeric NOT NULL,
	"short_value" numeric NOT NULL,
	"unrealized_pnl" numeric NOT NULL,
	"open_positions" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "positions" (
	"id" text PRIMARY KEY NOT NULL,
	"stream_version" integer NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"status" text NOT NULL,
	"quantity" numeric NOT NULL,
	"peak_quantity" numeric NOT NULL,
	"entry_price" numeric NOT NULL,
	"cost" numeric NOT NULL,
	"exit_price" numeric,
	"exit_quantity" numeric NOT NULL,
	"realized_pnl" numeric NOT NULL,
	"fees" numeric NOT NULL,
	"stop_loss" numeric,
	"take_profit" numeric,
	"initial_stop" numeric,
	"mae" numeric NOT NULL,
	"mfe" numeric NOT NULL,
	"mark_price" numeric,
	"unprotected" boolean NOT NULL,
	"context" jsonb,
	"category" text,
	"proposal_id" text,
	"opened_at" timestamp(3) with time zone NOT NULL,
	"closed_at" timestamp(3) with time zone,
	"exit_reason" text
);
--> statement-breakpoint
CREATE TABLE "proposals" (
	"id" text PRIMARY KEY NOT NULL,
	"stream_version" integer NOT NULL,
	"alert_id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"intent" text NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"quantity" numeric NOT NULL,
	"limit_price" numeric NOT NULL,
	"ceiling_price" numeric NOT NULL,
	"stop_loss" numeric NOT NULL,
	"take_profit" numeric NOT NULL,
	"risk_amount" numeric NOT NULL,
	"sized_by" text NOT NULL,
	"priced_at" timestamp(3) with time zone NOT NULL,
	"repricings" integer NOT NULL,
	"headline" text NOT NULL,
	"source" text NOT NULL,
	"category" text,
	"url" text,
	"published_at" timestamp(3) with time zone NOT NULL,
	"also_on" jsonb NOT NULL,
	"factors" jsonb NOT NULL,
	"context" jsonb NOT NULL,
	"story_key" text NOT NULL,
	"offered_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(3) with time zone,
	"reason" text,
	"denials" jsonb NOT NULL,
	"order_id" text
);
--> statement-breakpoint
CREATE TABLE "realizations" (
	"id" text PRIMARY KEY NOT NULL,
	"date" date NOT NULL,
	"realized_pnl" numeric NOT NULL,
	"fees" numeric NOT NULL,
	"wins" integer NOT NULL,
	"losses" integer NOT NULL,
	"trades" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "risk_events" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"symbol" text,
	"proposal_id" text,
	"explain" text NOT NULL,
	"denials" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sectors" (
	"name" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "securities" (
	"symbol" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"exchange" text NOT NULL,
	"sector" text NOT NULL,
	"tradable" boolean NOT NULL,
	"shortable" boolean NOT NULL,
	"average_daily_volume" double precision,
	"market_cap" numeric
);
--> statement-breakpoint
CREATE TABLE "singletons" (
	"id" text PRIMARY KEY NOT NULL,
	"stream_version" integer NOT NULL,
	"state" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "securities" ADD CONSTRAINT "securities_sector_sectors_name_fk" FOREIGN KEY ("sector") REFERENCES "public"."sectors"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alerts_received" ON "alerts" USING btree ("received_at","id");--> statement-breakpoint
CREATE INDEX "alerts_unjudged" ON "alerts" USING btree ("received_at","id") WHERE status = 'received';--> statement-breakpoint
CREATE INDEX "approvals_proposal" ON "approvals" USING btree ("proposal_id","at");--> statement-breakpoint
CREATE INDEX "approvals_by" ON "approvals" USING btree ("by","at");--> statement-breakpoint
CREATE INDEX "closed_positions_closed" ON "closed_positions" USING btree ("closed_at","position_id");--> statement-breakpoint
CREATE INDEX "closed_positions_symbol" ON "closed_positions" USING btree ("symbol","closed_at","position_id");--> statement-breakpoint
CREATE INDEX "closed_positions_stopped" ON "closed_positions" USING btree ("symbol","closed_at") WHERE exit_reason in ('stop_loss', 'trailing_stop');--> statement-breakpoint
CREATE INDEX "closed_positions_date" ON "closed_positions" USING btree ("date");--> statement-breakpoint
CREATE INDEX "events_correlation" ON "events" USING btree ("correlation_id","sequence");--> statement-breakpoint
CREATE INDEX "execution_log_order" ON "execution_log" USING btree ("order_id","at");--> statement-breakpoint
CREATE INDEX "execution_log_at" ON "execution_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "fills_at" ON "fills" USING btree ("at","execution_id");--> statement-breakpoint
CREATE INDEX "fills_order" ON "fills" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "orders_prepared" ON "orders" USING btree ("prepared_at","id");--> statement-breakpoint
CREATE INDEX "orders_working" ON "orders" USING btree ("prepared_at","id") WHERE status not in ('filled', 'canceled', 'expired', 'rejected', 'replaced');--> statement-breakpoint
CREATE INDEX "orders_entries" ON "orders" USING btree ("prepared_at","id") WHERE role = 'entry';--> statement-breakpoint
CREATE INDEX "orders_broker" ON "orders" USING btree ("broker_order_id");--> statement-breakpoint
CREATE INDEX "orders_client" ON "orders" USING btree ("client_order_id");--> statement-breakpoint
CREATE INDEX "orders_proposal" ON "orders" USING btree ("proposal_id","prepared_at");--> statement-breakpoint
CREATE INDEX "outbox_card" ON "outbox" USING btree ("chat","card_key","sequence");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("chat","sequence");--> statement-breakpoint
CREATE INDEX "portfolio_snapshots_at" ON "portfolio_snapshots" USING btree ("at");--> statement-breakpoint
CREATE INDEX "positions_opened" ON "positions" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "positions_status" ON "positions" USING btree ("status","opened_at","id");--> statement-breakpoint
CREATE INDEX "positions_open" ON "positions" USING btree ("symbol") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "proposals_offered" ON "proposals" USING btree ("offered_at","id");--> statement-breakpoint
CREATE INDEX "proposals_status" ON "proposals" USING btree ("status","offered_at","id");--> statement-breakpoint
CREATE INDEX "proposals_open" ON "proposals" USING btree ("expires_at","id") WHERE status in ('pending', 'armed');--> statement-breakpoint
CREATE INDEX "proposals_story" ON "proposals" USING btree ("story_key","offered_at");--> statement-breakpoint
CREATE INDEX "realizations_date" ON "realizations" USING btree ("date");--> statement-breakpoint
CREATE INDEX "risk_events_at" ON "risk_events" USING btree ("at","id");