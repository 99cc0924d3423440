-- AlterTable
ALTER TABLE "ReplayPart" ADD COLUMN "handled" BLOB;
