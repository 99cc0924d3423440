-- CreateTable
CREATE TABLE "DlqSample" (
    "clusterId" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "topicId" TEXT NOT NULL,
    "sampledAtMs" BIGINT NOT NULL,
    "isDeadLetters" BOOLEAN NOT NULL,

    PRIMARY KEY ("clusterId", "topic")
);
