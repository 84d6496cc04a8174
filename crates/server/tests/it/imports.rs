//! Import mappings: the shipped one reads, a broken one says why.

use som_server::features::imports::mapping::{Entity, Mapping};

#[test]
fn the_shipped_superstore_mapping_covers_customers_products_and_orders() {
    let text = include_str!("../../src/features/imports/mappings/superstore.toml");
    let mapping = Mapping::read(text).unwrap();
    let plan = mapping.plan(Entity::Orders).unwrap();
    let entities: Vec<Entity> = plan.iter().map(|(entity, _)| *entity).collect();
    assert_eq!(entities.last(), Some(&Entity::Orders));
    assert!(entities.contains(&Entity::Customers) && entities.contains(&Entity::Products));
}

#[test]
fn a_mapping_that_is_not_toml_is_a_problem_not_a_crash() {
    let problem = Mapping::read("[[orders").unwrap_err();
    assert!(problem.status >= 400 && !problem.detail.is_empty());
}
