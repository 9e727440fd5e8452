CREATE TABLE "leadership" (
	"id" integer PRIMARY KEY NOT NULL,
	"token" integer NOT NULL,
	"session" text NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"port" integer NOT NULL,
	"send_within_ms" integer NOT NULL,
	"since" timestamp(3) with time zone NOT NULL,
	"released" boolean NOT NULL
);
