#!/bin/sh
# One order from sign-up to the door, by curl: a merchant opens a restaurant, a customer orders, a courier carries.
# usage: sh docs/order.sh URL, such as http://localhost:9000
set -eu
api=${1:?say where the API answers, such as http://localhost:9000}
key="$(date +%s)-$$"

# call METHOD PATH TOKEN [BODY]: leaves the reply's body in $reply; a problem ends all.
call() {
  reply=$(curl -sS -X "$1" "$api$2" -w '%{http_code}' -H 'content-type: application/json' -H "idempotency-key: $key" \
    ${3:+-H "authorization: Bearer $3"} ${4:+-d "$4"})
  case $reply in
    *20[0-9]) reply=${reply%???} ;;
    *) echo "$1 $2: $reply" >&2; exit 1 ;;
  esac
}
# text NAME: the first text of this name in the reply.
text() { printf '%s' "$reply" | grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

# sign_up ROLE: leaves the new person's id and token in $id and $token.
sign_up() {
  call POST /v1/users '' "{\"email\": \"$1-$key@example.com\", \"password\": \"a long password\", \"name\": \"Ana Pop\",
    \"role\": \"$1\"}"
  id=$(text user_id)
  token=$(text access_token)
}

# until_order STATUS: asks for the order until it has come there; events take a moment.
until_order() {
  for _ in $(seq 600); do
    call GET "/v1/orders/$order" "$customer"
    [ "$(text status)" = "$1" ] && { echo "the order is $1"; return; }
    sleep 0.5
  done
  echo "the order is still $(text status), not $1" >&2
  exit 1
}
# until_offered: asks for the courier's deliveries until that of the order is among them.
until_offered() {
  for _ in $(seq 600); do
    call GET '/v1/deliveries?limit=100' "$courier"
    case $reply in *"\"$delivery\""*) echo 'the courier is offered the delivery'; return ;; esac
    sleep 0.5
  done
  echo 'the courier is offered nothing' >&2
  exit 1
}

sign_up merchant; merchant=$token
sign_up customer; customer=$token
sign_up courier; courier=$token
echo 'a merchant, a customer and a courier have signed up'
call PUT "/v1/couriers/$id" "$courier" '{"vehicle": "bicycle"}'
call PUT "/v1/couriers/$id/availability" "$courier" '{"online": true, "place": {"lat": 44.4268, "lon": 26.1025}}'

town='"city": "Bucharest", "postcode": "030101", "country": "RO"'
call POST /v1/restaurants "$merchant" "{\"name\": \"La Mama\", \"description\": \"Home cooking\", \"cuisines\": [\"romanian\"],
  \"phone\": \"+40 21 000 0000\", \"place\": {\"lat\": 44.4268, \"lon\": 26.1025},
  \"address\": {\"street\": \"Piata Unirii 1\", $town}, \"time_zone\": \"Europe/Bucharest\", \"currency\": \"EUR\",
  \"prep_minutes\": 15, \"delivery_radius_m\": 5000, \"min_order\": {\"amount\": 1000, \"currency\": \"EUR\"},
  \"delivery_fee\": {\"base\": {\"amount\": 150, \"currency\": \"EUR\"}, \"per_km\": {\"amount\": 40, \"currency\": \"EUR\"}}}"
restaurant=$(text id)
call POST "/v1/restaurants/$restaurant/menu/items" "$merchant" '{"section": "Soups", "name": "Ciorba",
  "price": {"amount": 1250, "currency": "EUR"}}'
soup=$(text id)
echo "$restaurant has opened, and the courier is online"

call POST "/v1/restaurants/$restaurant/quotes" "$customer" "{\"items\": [{\"item_id\": \"$soup\", \"quantity\": 2,
  \"options\": []}], \"deliver_to\": {\"place\": {\"lat\": 44.43, \"lon\": 26.1},
  \"address\": {\"street\": \"Strada Lunga 7\", $town}}}"
call POST /v1/orders "$customer" "{\"quote\": \"$(text quote)\", \"payment_method\": \"tok_ok\"}"
order=$(text id)
delivery="dlv_${order#ord_}"
echo "$order is placed"

until_order paid
call POST "/v1/orders/$order/accept" "$merchant" '{"prep_minutes": 10}'
until_order accepted
until_offered
call POST "/v1/deliveries/$delivery/accept" "$courier" '{}'
call POST "/v1/orders/$order/ready" "$merchant" '{}'
until_order ready
call POST "/v1/deliveries/$delivery/pick-up" "$courier" '{}'
until_order picked_up
call POST "/v1/deliveries/$delivery/complete" "$courier" '{}'
until_order delivered
