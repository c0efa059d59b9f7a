//! Writes: one by itself is a plain conditional write, at half the price of a transaction and in no conflict with one;
//! several are a transaction.

use app::{Condition, Item, Key, StoreError, Write};
use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem,
    },
};
use aws_smithy_runtime_api::http::Response;

use crate::{
    attributes::{Attributes, of_item, of_key, to_item},
    condition::Expression,
    consumed::{self, ASKED},
    failure::{RequestFailure, failure, of_code},
};

/// The code of a part whose condition did not hold.
const CONDITION: &str = "ConditionalCheckFailed";
/// The code of a part that had nothing against it.
const NOTHING: &str = "None";

/// Puts one item.
pub(crate) async fn put(client: &Client, table: &str, item: &Item, condition: Condition) -> Result<(), RequestFailure> {
    let Expression { text, names, values } = Expression::of(condition);
    let request = client.put_item().table_name(table).set_item(Some(of_item(item)));
    let request = request.set_condition_expression(text).set_expression_attribute_names(names);
    let request = request.set_expression_attribute_values(values).return_values_on_condition_check_failure(AllOld);
    match request.return_consumed_capacity(ASKED).send().await {
        Ok(output) => {
            consumed::written(output.consumed_capacity.as_slice());
            Ok(())
        }
        Err(error) => match error.as_service_error() {
            Some(aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(refused)) => {
                Err(RequestFailure::Final(refused_at(0, refused.item().cloned())))
            }
            _ => Err(failure(error)),
        },
    }
}

/// Deletes one item.
pub(crate) async fn delete(
    client: &Client,
    table: &str,
    key: &Key,
    condition: Condition,
) -> Result<(), RequestFailure> {
    let Expression { text, names, values } = Expression::of(condition);
    let request = client.delete_item().table_name(table).set_key(Some(of_key(key)));
    let request = request.set_condition_expression(text).set_expression_attribute_names(names);
    let request = request.set_expression_attribute_values(values).return_values_on_condition_check_failure(AllOld);
    match request.return_consumed_capacity(ASKED).send().await {
        Ok(output) => {
            consumed::written(output.consumed_capacity.as_slice());
            Ok(())
        }
        Err(error) => match error.as_service_error() {
            Some(aws_sdk_dynamodb::operation::delete_item::DeleteItemError::ConditionalCheckFailedException(
                refused,
            )) => Err(RequestFailure::Final(refused_at(0, refused.item().cloned()))),
            _ => Err(failure(error)),
        },
    }
}

/// Writes several, all or none. With the same `token` it happens once, however often it is asked for within ten minutes.
pub(crate) async fn all(client: &Client, parts: Vec<TransactWriteItem>, token: &str) -> Result<(), RequestFailure> {
    let request = client.transact_write_items().set_transact_items(Some(parts)).client_request_token(token);
    match request.return_consumed_capacity(ASKED).send().await {
        Ok(output) => {
            consumed::written(output.consumed_capacity());
            Ok(())
        }
        Err(error) => Err(cancelled(error)),
    }
}

/// The parts of a transaction.
pub(crate) fn parts(table: &str, writes: &[Write]) -> Result<Vec<TransactWriteItem>, StoreError> {
    writes.iter().map(|write| part(table, write)).collect()
}

fn part(table: &str, write: &Write) -> Result<TransactWriteItem, StoreError> {
    let Expression { text, names, values } = Expression::of(write.condition());
    let part = TransactWriteItem::builder();
    let part = match write {
        Write::Put(item, _) => {
            let put = Put::builder().table_name(table).set_item(Some(of_item(item)));
            let put = put.set_condition_expression(text).set_expression_attribute_names(names);
            let put = put.set_expression_attribute_values(values).return_values_on_condition_check_failure(AllOld);
            part.put(put.build().map_err(incomplete)?)
        }
        Write::Delete(key, _) => {
            let delete = Delete::builder().table_name(table).set_key(Some(of_key(key)));
            let delete = delete.set_condition_expression(text).set_expression_attribute_names(names);
            let delete =
                delete.set_expression_attribute_values(values).return_values_on_condition_check_failure(AllOld);
            part.delete(delete.build().map_err(incomplete)?)
        }
        Write::Check(key, _) => {
            // A check of nothing holds always; DynamoDB wants an expression.
            let text = text.unwrap_or_else(|| "attribute_exists(pk) OR attribute_not_exists(pk)".to_owned());
            let check = ConditionCheck::builder().table_name(table).set_key(Some(of_key(key)));
            let check = check.condition_expression(text).set_expression_attribute_names(names);
            let check = check.set_expression_attribute_values(values).return_values_on_condition_check_failure(AllOld);
            part.condition_check(check.build().map_err(incomplete)?)
        }
    };
    Ok(part.build())
}

fn incomplete(error: impl std::fmt::Display) -> StoreError {
    StoreError::Rejected(error.to_string())
}

/// Why a transaction did not happen: the first condition that did not hold, else whatever stopped it.
fn cancelled(error: SdkError<TransactWriteItemsError, Response>) -> RequestFailure {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return failure(error);
    };
    let reasons = cancelled.cancellation_reasons();
    let code = |reason: &CancellationReason| reason.code().unwrap_or(NOTHING).to_owned();
    if let Some(write) = reasons.iter().position(|reason| code(reason) == CONDITION) {
        return RequestFailure::Final(refused_at(write, reasons[write].item().cloned()));
    }
    match reasons.iter().find(|reason| code(reason) != NOTHING) {
        Some(reason) => of_code(&code(reason), reason.message().unwrap_or_default().to_owned(), 400),
        None => RequestFailure::Final(StoreError::Conflict),
    }
}

fn refused_at(write: usize, current: Option<Attributes>) -> StoreError {
    match current.filter(|attributes| !attributes.is_empty()).map(to_item).transpose() {
        Ok(current) => StoreError::Condition { write, current: current.map(Box::new) },
        Err(error) => error,
    }
}
