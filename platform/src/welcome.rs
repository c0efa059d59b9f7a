//! What a newcomer reads first: the address to open, where things are, who can sign in, and one order as `curl` lines.

use crate::{
    city::{self, DemoCity},
    up::Up,
};

#[expect(clippy::print_stdout, reason = "this is for whoever started the process")]
pub(crate) fn print(up: &Up, city: &DemoCity, seeded: bool) {
    println!("{}", words(up, city, seeded));
}

fn words(up: &Up, city: &DemoCity, seeded: bool) -> String {
    let Up { port, simulate, speed, .. } = up;
    let data_dir = up.data_dir.display();
    let state = if seeded { "built a small city in" } else { "found the city in" };
    let mut words = format!(
        "\nOpen http://localhost:{port}\n\n\
         Tiffin {version} is up, and {state} {data_dir}.\n\n  \
         customer    http://localhost:{port}/eat\n  \
         restaurant  http://localhost:{port}/kitchen\n  \
         courier     http://localhost:{port}/ride\n  \
         API         http://localhost:{port}/docs\n  \
         OpenAPI     http://localhost:{port}/openapi.json\n  \
         metrics     http://localhost:{port}/metrics\n  \
         simulated   {simulate}, {speed} times as fast as life\n\n\
         Sign in with the password {password}:\n\n",
        version = env!("CARGO_PKG_VERSION"),
        password = city::PASSWORD,
    );
    words.extend(city.sign_ins().iter().map(|(role, email)| format!("  {role:<9}   {email}\n")));
    words.push_str("\nOrder dinner by hand: paste this.\n\n");
    words.push_str(&customer_lines(*port, city));
    if !simulate.restaurants {
        words.push_str("\nNobody plays the restaurants, so be one:\n\n");
        words.push_str(&merchant_lines(city));
    }
    if !simulate.couriers {
        words.push_str("\nNobody plays the couriers, so be one:\n\n");
        words.push_str(&courier_lines(city));
    }
    words
}

/// Signing in as somebody, into a shell variable.
fn sign_in(variable: &str, email: &str) -> String {
    let password = city::PASSWORD;
    format!(
        "{variable}=$(curl -s $API/v1/sessions -H 'content-type: application/json' \\\n  \
         -d '{{\"email\": \"{email}\", \"password\": \"{password}\"}}' | grep -o '\"access_token\":\"[^\"]*' | cut -d'\"' -f4)\n"
    )
}

fn customer_lines(port: u16, city: &DemoCity) -> String {
    let (restaurant, item) = city.example_dish();
    let place = city::CENTRE;
    format!(
        "API=http://localhost:{port}\n\
         {sign_in}\
         curl -s \"$API/v1/restaurants?lat={lat}&lon={lon}&limit=3\"; echo\n\
         QUOTE=$(curl -s $API/v1/restaurants/{restaurant}/quotes -H \"authorization: Bearer $TOKEN\" \\\n  \
         -H 'content-type: application/json' -d '{{\"items\": [{{\"item_id\": \"{item}\", \"quantity\": 2, \"options\": []}}],\n  \
         \"deliver_to\": {deliver_to}}}' \\\n  | grep -o '\"quote\":\"[^\"]*' | cut -d'\"' -f4)\n\
         ORDER=$(curl -s $API/v1/orders -H \"authorization: Bearer $TOKEN\" -H 'content-type: application/json' \\\n  \
         -H \"idempotency-key: dinner-$(date +%s)\" -d \"{{\\\"quote\\\": \\\"$QUOTE\\\", \\\"payment_method\\\": \\\"tok_ok\\\"}}\" \\\n  \
         | grep -o '\"id\":\"ord_[^\"]*' | cut -d'\"' -f4); echo $ORDER\n\
         curl -s $API/v1/orders/$ORDER/events -H \"authorization: Bearer $TOKEN\"; echo\n",
        sign_in = sign_in("TOKEN", &city.customer()),
        lat = place.0,
        lon = place.1,
        deliver_to = city::EXAMPLE_STOP,
    )
}

fn merchant_lines(city: &DemoCity) -> String {
    format!(
        "{}\
         curl -s $API/v1/orders/$ORDER/accept -H \"authorization: Bearer $MERCHANT\" -H 'content-type: application/json' -d '{{\"prep_minutes\": 10}}'; echo\n\
         curl -s -X POST $API/v1/orders/$ORDER/ready -H \"authorization: Bearer $MERCHANT\"; echo\n",
        sign_in("MERCHANT", &city.example_merchant()),
    )
}

fn courier_lines(city: &DemoCity) -> String {
    let (id, email) = city.example_courier();
    let (lat, lon) = city::CENTRE;
    format!(
        "{}\
         curl -s -X PUT $API/v1/couriers/{id}/availability -H \"authorization: Bearer $COURIER\" -H 'content-type: application/json' \\\n  \
         -d '{{\"online\": true, \"place\": {{\"lat\": {lat}, \"lon\": {lon}}}}}'; echo\n\
         DELIVERY=dlv_${{ORDER#ord_}}\n\
         for action in accept pick-up complete; do\n  \
         curl -s -X POST $API/v1/deliveries/$DELIVERY/$action -H \"authorization: Bearer $COURIER\"; echo\ndone\n",
        sign_in("COURIER", &email),
    )
}
