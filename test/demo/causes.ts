/** Why records of the shop die, and in which of its programs. */
import type { Cause } from './dead-letter.ts'

const SHOP = 'com.example.shop'
const LISTENER = `${SHOP}.OrderListener.on(OrderListener.java:31)`

/** What makes many orders fail at once. */
export function stockTimeout(article: number): Cause {
  return {
    chain: [
      [`${SHOP}.StockUnavailableException`, `no stock could be reserved for article ${article}`],
      ['java.net.SocketTimeoutException', 'Read timed out after 3000 ms'],
    ],
    frames: [
      `${SHOP}.StockClient.reserve(StockClient.java:58)`,
      `${SHOP}.OrderService.fulfil(OrderService.java:87)`,
      LISTENER,
    ],
  }
}

const ORDER_CAUSES: ((number: number) => Cause)[] = [
  stockTimeout,
  (article) => ({
    chain: [[`${SHOP}.UnknownArticleException`, `article ${article} is not in the catalogue`]],
    frames: [
      `${SHOP}.Catalogue.find(Catalogue.java:40)`,
      `${SHOP}.OrderService.fulfil(OrderService.java:74)`,
      LISTENER,
    ],
  }),
  () => ({
    chain: [
      [
        'java.lang.NullPointerException',
        `Cannot invoke "${SHOP}.Address.country()" because the return value of "${SHOP}.Order.address()" is null`,
      ],
    ],
    frames: [
      `${SHOP}.Shipping.costOf(Shipping.java:22)`,
      `${SHOP}.OrderService.fulfil(OrderService.java:91)`,
      LISTENER,
    ],
  }),
  stockTimeout,
  (number) => ({
    chain: [
      [
        'org.springframework.messaging.converter.MessageConversionException',
        'Cannot convert from [java.lang.String] to [com.example.shop.Order]',
      ],
      [
        'com.fasterxml.jackson.databind.exc.InvalidFormatException',
        `Cannot deserialize value of type \`int\` from String "${1 + (number % 9)} pieces": not a valid \`int\` value`,
      ],
    ],
    frames: [`${SHOP}.JsonConverter.read(JsonConverter.java:33)`, LISTENER],
  }),
]

const LEDGER = 'com.example.ledger'
const PAYMENT_CAUSES: ((number: number) => Cause)[] = [
  (number) => ({
    chain: [
      [
        'org.springframework.dao.DuplicateKeyException',
        `PreparedStatementCallback; SQL [insert into payment]; payment ${number} is booked already`,
      ],
      [
        'org.postgresql.util.PSQLException',
        `ERROR: duplicate key value violates unique constraint "payment_pkey"; SQLSTATE 23505; key (id)=(${number})`,
      ],
    ],
    frames: [
      `${LEDGER}.PaymentStore.insert(PaymentStore.java:66)`,
      `${LEDGER}.PaymentListener.book(PaymentListener.java:29)`,
    ],
  }),
  (number) => ({
    chain: [[`${LEDGER}.ClosedPeriodException`, `the period of payment ${number} is closed since 2026-10-31`]],
    frames: [`${LEDGER}.Periods.open(Periods.java:19)`, `${LEDGER}.PaymentListener.book(PaymentListener.java:27)`],
  }),
]

const SHIPMENT_CAUSES: ((number: number) => Cause)[] = [
  (number) => ({
    chain: [
      ['com.example.parcels.CarrierException', `the carrier refused label L${number}: HTTP status 503`],
      ['java.net.ConnectException', 'Connection refused'],
    ],
    frames: [
      'com.example.parcels.CarrierClient.label(CarrierClient.java:71)',
      'com.example.parcels.ShipmentListener.print(ShipmentListener.java:24)',
    ],
  }),
  (number) => ({
    chain: [['com.example.parcels.AddressException', `postcode ${10_000 + (number % 90_000)} does not exist`]],
    frames: [
      'com.example.parcels.Addresses.check(Addresses.java:15)',
      'com.example.parcels.ShipmentListener.print(ShipmentListener.java:22)',
    ],
  }),
]

const WAREHOUSE_CAUSES: ((number: number) => Cause)[] = [
  () => ({
    chain: [
      [
        'org.apache.kafka.connect.errors.DataException',
        'Converting byte[] to Kafka Connect data failed due to serialization error: ',
      ],
      ['com.fasterxml.jackson.core.io.JsonEOFException', 'Unexpected end-of-input in field name'],
    ],
    frames: ['org.apache.kafka.connect.json.JsonConverter.toConnectData(JsonConverter.java:348)'],
  }),
  (number) => ({
    chain: [
      ['com.example.warehouse.RowRefusedException', `row ${number} is refused: column amount_cents is too small`],
    ],
    frames: ['com.example.warehouse.WarehouseSink.put(WarehouseSink.java:48)'],
  }),
]

const CAUSES = {
  orders: ORDER_CAUSES,
  payments: PAYMENT_CAUSES,
  shipments: SHIPMENT_CAUSES,
  warehouse: WAREHOUSE_CAUSES,
} as const

/** One after the other; which of a list comes up is the number's, what differs between its records too. */
export function causeOf(program: keyof typeof CAUSES, number: number): Cause {
  const causes = CAUSES[program]
  const choose = causes[number % causes.length] as (number: number) => Cause
  return choose(1_000 + ((number * 7_919) % 9_000))
}
