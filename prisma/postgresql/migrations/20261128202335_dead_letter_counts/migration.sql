-- AlterTable
ALTER TABLE "DlqQueue" ADD COLUMN     "countedRevision" INTEGER NOT NULL DEFAULT -1;
