/**
 * The requests of a transaction: written by the client library, read by us. Its own readers throw on an error code,
 * which the steps of a transaction must tell apart. The versions are the newest of the first transaction protocol,
 * which every supported broker speaks, 4.x brokers too.
 */
import {
  addOffsetsToTxnV3,
  addPartitionsToTxnV3,
  createAPI,
  endTxnV3,
  initProducerIdV4,
  type Reader,
  txnOffsetCommitV3,
} from '@platformatic/kafka'

export interface CodedAnswer {
  /** The first error there is; zero for none. */
  errorCode: number
}

export interface ProducerAnswer extends CodedAnswer {
  producerId: bigint
  producerEpoch: number
}

/*
  InitProducerId Response (Version: 4) => throttle_time_ms error_code producer_id producer_epoch TAG_BUFFER
*/
function readProducer(_correlationId: number, _key: number, _version: number, reader: Reader): ProducerAnswer {
  reader.readInt32()
  return { errorCode: reader.readInt16(), producerId: reader.readInt64(), producerEpoch: reader.readInt16() }
}

/*
  AddOffsetsToTxn, EndTxn Response (Version: 3) => throttle_time_ms error_code TAG_BUFFER
*/
function readCode(_correlationId: number, _key: number, _version: number, reader: Reader): CodedAnswer {
  reader.readInt32()
  return { errorCode: reader.readInt16() }
}

/*
  AddPartitionsToTxn, TxnOffsetCommit Response (Version: 3) => throttle_time_ms [topics] TAG_BUFFER
    topics => name [partitions: partition_index error_code TAG_BUFFER] TAG_BUFFER
*/
function readCodes(_correlationId: number, _key: number, _version: number, reader: Reader): CodedAnswer {
  reader.readInt32()
  const topics = reader.readArray((r) => {
    r.readString()
    return r.readArray((inner) => {
      inner.readInt32()
      return inner.readInt16()
    })
  })
  return { errorCode: mostTelling(topics.flat()) }
}

/** Beside the partition that was refused, the others are only said not to have been attempted. */
function mostTelling(codes: readonly number[]): number {
  const errors = codes.filter((code) => code !== 0)
  return errors.find((code) => code !== OPERATION_NOT_ATTEMPTED) ?? errors[0] ?? 0
}

const OPERATION_NOT_ATTEMPTED = 55

export const initProducerId = createAPI(22, 4, initProducerIdV4.createRequest, readProducer)
export const addPartitionsToTxn = createAPI(24, 3, addPartitionsToTxnV3.createRequest, readCodes)
export const addOffsetsToTxn = createAPI(25, 3, addOffsetsToTxnV3.createRequest, readCode)
export const endTxn = createAPI(26, 3, endTxnV3.createRequest, readCode)
export const txnOffsetCommit = createAPI(28, 3, txnOffsetCommitV3.createRequest, readCodes)
