-- CreateTable
CREATE TABLE "DlqQueue" (
    "id" SERIAL NOT NULL,
    "clusterId" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "incarnation" INTEGER NOT NULL,
    "topicId" TEXT NOT NULL,
    "firstSeenAtMs" BIGINT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "countedAtMs" BIGINT,
    "openCount" BIGINT,
    "scannedEnds" BIGINT,
    "isComplete" BOOLEAN NOT NULL DEFAULT false,
    "oldestOpenAtMs" BIGINT,
    "format" TEXT,
    "originTopics" JSONB NOT NULL,
    "groups" JSONB NOT NULL,

    CONSTRAINT "DlqQueue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DlqPartition" (
    "queueId" INTEGER NOT NULL,
    "broker" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "startOffset" BIGINT NOT NULL,
    "endOffset" BIGINT NOT NULL,
    "scannedTo" BIGINT NOT NULL,
    "scannedAtMs" BIGINT NOT NULL,
    "unreadable" JSONB NOT NULL,
    "fault" JSONB,
    "cutOffset" BIGINT,
    "cutSeenAtMs" BIGINT,

    CONSTRAINT "DlqPartition_pkey" PRIMARY KEY ("queueId","broker","partition")
);

-- CreateTable
CREATE TABLE "DlqBlock" (
    "queueId" INTEGER NOT NULL,
    "broker" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "firstOffset" BIGINT NOT NULL,
    "nextOffset" BIGINT NOT NULL,
    "records" INTEGER NOT NULL,
    "minAtMs" BIGINT,
    "maxAtMs" BIGINT,
    "summary" BYTEA NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "DlqBlock_pkey" PRIMARY KEY ("queueId","broker","partition","firstOffset")
);

-- CreateTable
CREATE TABLE "DlqCause" (
    "id" SERIAL NOT NULL,
    "queueId" INTEGER NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "exception" TEXT,
    "message" TEXT,
    "frame" TEXT,
    "format" TEXT,
    "firstSeenAtMs" BIGINT,
    "lastSeenAtMs" BIGINT,
    "sampleBroker" TEXT NOT NULL,
    "samplePartition" INTEGER NOT NULL,
    "sampleOffset" BIGINT NOT NULL,
    "sampleMessage" TEXT,

    CONSTRAINT "DlqCause_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DlqOrigin" (
    "id" SERIAL NOT NULL,
    "queueId" INTEGER NOT NULL,
    "topic" TEXT NOT NULL,
    "group" TEXT NOT NULL,
    "firstSeenAtMs" BIGINT,
    "lastSeenAtMs" BIGINT,
    "sampleBroker" TEXT NOT NULL,
    "samplePartition" INTEGER NOT NULL,
    "sampleOffset" BIGINT NOT NULL,
    "sampleMessage" TEXT,

    CONSTRAINT "DlqOrigin_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DlqAction" (
    "id" SERIAL NOT NULL,
    "queueId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "replayId" TEXT,
    "actor" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "note" TEXT,

    CONSTRAINT "DlqAction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DlqLedgerBlock" (
    "queueId" INTEGER NOT NULL,
    "broker" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "block" BIGINT NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "DlqLedgerBlock_pkey" PRIMARY KEY ("queueId","broker","partition","block")
);

-- CreateIndex
CREATE UNIQUE INDEX "DlqQueue_clusterId_topic_incarnation_key" ON "DlqQueue"("clusterId", "topic", "incarnation");

-- CreateIndex
CREATE UNIQUE INDEX "DlqCause_queueId_fingerprint_key" ON "DlqCause"("queueId", "fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "DlqOrigin_queueId_topic_group_key" ON "DlqOrigin"("queueId", "topic", "group");

-- CreateIndex
CREATE INDEX "DlqAction_replayId_idx" ON "DlqAction"("replayId");

-- CreateIndex
CREATE UNIQUE INDEX "DlqAction_queueId_kind_replayId_key" ON "DlqAction"("queueId", "kind", "replayId");
